import { describe, expect, it } from '@jest/globals';
import {
  ApiKeyRefused,
  ApiKeyRevoked,
  ApiKeyRotated,
  ApiKeyShortened,
  type IdentityEvent,
  instantOf,
  type KeyRights,
} from '@tokengrid/contracts';
import { fold, givenFor, someContext } from '@tokengrid/kernel';
import * as fc from 'fast-check';
import { keyIssued, keyNumber, organizationRegistered, orgId } from '../examples.fixture.ts';
import type { KeyToIssue } from '../rules/api-keys.ts';
import { type ApiKey, isRegistered, party } from '../state/party.ts';
import { issueApiKey } from './issue-api-key.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';

const given = givenFor(party);
const now = someContext.time;
const idOf = (number: number) => keyNumber(number).keyId;
const minted = (number: number, from: number, said: Partial<KeyToIssue> = {}) =>
  keyIssued(number, said, { mintedBy: idOf(from), parent: idOf(from) });
const mint = (number: number, from: number, said: Partial<KeyToIssue> = {}) => ({
  partyId: orgId,
  key: keyNumber(number, said),
  descent: { mintedBy: idOf(from), people: 2, keys: 2 },
  endsWithMinter: true as const,
});
const limits: Partial<KeyToIssue> = {
  expiresAt: now + 1000,
  rights: { models: ['Qwen2*', 'bge-m3'], apps: ['tea-shop'], requestsPerMinute: 10, unitsPerMinute: 20, streams: 3 },
};

describe('a minted key', () => {
  it('has the limits of the key that mints it where it asks for none', () =>
    given(organizationRegistered, keyIssued(1, limits))
      .when(issueApiKey, mint(2, 1))
      .then(minted(2, 1, limits)));

  it('may ask for less, in any of them', () => {
    const less: Partial<KeyToIssue> = {
      expiresAt: now + 1,
      rights: { models: ['qwen2.5-*', 'BGE-M3'], apps: [], requestsPerMinute: 1, unitsPerMinute: 20, streams: 2 },
      budget: { daily: 5n },
    };
    given(organizationRegistered, keyIssued(1, limits))
      .when(issueApiKey, mint(2, 1, less))
      .then(minted(2, 1, less));
  });

  it('of a key without limits has those that it asks for', () =>
    given(organizationRegistered, keyIssued(1))
      .when(issueApiKey, mint(2, 1, limits))
      .then(minted(2, 1, limits)));

  it('has no more budget than the key that the minting one descends from', () => {
    const first = keyIssued(1, { budget: { monthly: 100n, total: 500n } });
    const second = minted(2, 1, { budget: { monthly: 50n } });
    const refused = ApiKeyRefused({ partyId: orgId, code: 'IDENTITY.BUDGET_HIGHER' });
    const given2 = given(organizationRegistered, first, second);
    given2.when(issueApiKey, mint(3, 2, { budget: { monthly: 51n } })).then(refused);
    given2.when(issueApiKey, mint(3, 2, { budget: { total: 501n } })).then(refused);
    const within = { budget: { daily: 9n, monthly: 50n, total: 500n } };
    given2.when(issueApiKey, mint(3, 2, within)).then(minted(3, 2, within));
  });

  it('ends with a key that has limits, though it was issued as one that stands by itself', () =>
    given(organizationRegistered, keyIssued(1, { rights: { streams: 3 } }))
      .when(issueApiKey, { ...mint(2, 1), endsWithMinter: undefined })
      .then(minted(2, 1, { rights: { streams: 3 } })));

  it('is refused to a key that has ended', () => {
    const refused = ApiKeyRefused({ partyId: orgId, keyId: idOf(1), code: 'IDENTITY.API_KEY_NOT_ACTIVE' });
    given(organizationRegistered, keyIssued(1, { expiresAt: now }))
      .when(issueApiKey, mint(2, 1))
      .then(refused);
    given(organizationRegistered, keyIssued(1), ApiKeyRevoked({ keyId: idOf(1), partyId: orgId }))
      .when(issueApiKey, mint(2, 1))
      .then(refused);
  });

  it('is revoked with the key that it was minted from, and so are those minted from it', () =>
    given(organizationRegistered, keyIssued(1), minted(2, 1), minted(3, 2), keyIssued(4))
      .when(revokeApiKey, { partyId: orgId, keyId: idOf(1) })
      .then(...[1, 2, 3].map((number) => ApiKeyRevoked({ keyId: idOf(number), partyId: orgId }))));

  it('ends with the overlap of the key that it was minted from, unless it ends before', () => {
    const rotate = { keyId: idOf(1), newKeyId: idOf(9), secretHash: keyNumber(9).secretHash, overlapMs: 50 };
    const end = instantOf(now + 50);
    given(organizationRegistered, keyIssued(1), minted(2, 1), minted(3, 2, { expiresAt: now + 50 }))
      .when(rotateApiKey, { partyId: orgId, ...rotate, descent: { people: 1, keys: 2 } })
      .then(
        keyIssued(9, {}, { succeeds: idOf(1) }),
        ApiKeyRotated({ keyId: idOf(1), partyId: orgId, newKeyId: idOf(9), expiresAt: end }),
        ApiKeyShortened({ keyId: idOf(2), partyId: orgId, expiresAt: end }),
      );
  });

  it('has a successor with its limits, that ends with the same key', () => {
    const rotate = { keyId: idOf(2), newKeyId: idOf(9), secretHash: keyNumber(9).secretHash, overlapMs: 0 };
    const { rights } = limits;
    given(organizationRegistered, keyIssued(1), minted(2, 1, { rights }))
      .when(rotateApiKey, { partyId: orgId, ...rotate, descent: { people: 2, keys: 3 } })
      .then(
        keyIssued(9, { rights }, { succeeds: idOf(2), parent: idOf(1) }),
        ApiKeyRotated({ keyId: idOf(2), partyId: orgId, newKeyId: idOf(9), expiresAt: instantOf(now) }),
      );
  });
});

const named = ['a', 'ab', 'abc', 'abd', 'b', 'B', 'ba'];
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const rights: fc.Arbitrary<KeyRights> = fc.record({
  models: some(fc.subarray(['*', 'a*', 'AB*', 'ab', 'abc', 'b', 'x'])),
  apps: some(fc.subarray(['tea', 'tax'])),
  requestsPerMinute: some(fc.integer({ min: 1, max: 5 })),
  unitsPerMinute: some(fc.integer({ min: 1, max: 5 })),
  streams: some(fc.integer({ min: 1, max: 5 })),
});
const step = fc.record({
  does: fc.constantFrom('mint', 'mint', 'mint', 'issue', 'rotate', 'revoke', 'wait'),
  /** Which of the keys so far. */
  key: fc.nat(),
  scopes: fc.subarray(['wallet:balances:read', 'wallet:entries:read']),
  lifeMs: some(fc.integer({ min: 1, max: 9 })),
  rights,
  budget: some(fc.record({ daily: fc.bigInt(1n, 5n), total: fc.bigInt(1n, 5n) }, { requiredKeys: [] })),
});

/** A party whose keys mint others, rotate and end, in any order. */
class Keys {
  private state = fold(party, [organizationRegistered, keyIssued(1, { scopes: all })]);
  private time = now;
  private count = 1;

  take({ does, key: nth, lifeMs, budget, ...asked }: typeof step extends fc.Arbitrary<infer T> ? T : never): void {
    const keys = this.living();
    const from = keys[nth % Math.max(keys.length, 1)];
    if (does === 'wait') this.time += 3;
    if (!from) return;
    this.count += 1;
    const { keyId, secretHash } = keyNumber(this.count);
    const context = { ...someContext, time: this.time };
    const descent = { mintedBy: from.keyId, people: 2, keys: 2 };
    if (does === 'mint' || does === 'issue') {
      const expiresAt = lifeMs === undefined ? null : this.time + lifeMs;
      const key = { ...keyNumber(this.count), ...asked, expiresAt, budget: budget as KeyToIssue['budget'] };
      const data = { partyId: orgId, key, descent, endsWithMinter: does === 'mint' ? (true as const) : undefined };
      this.apply(issueApiKey(this.state, data, context));
    }
    if (does === 'rotate') {
      const overlapMs = lifeMs ?? 0;
      const data = { partyId: orgId, keyId: from.keyId, newKeyId: keyId, secretHash, overlapMs, descent };
      this.apply(rotateApiKey(this.state, data, context));
    }
    if (does === 'revoke') this.apply(revokeApiKey(this.state, { partyId: orgId, keyId: from.keyId }));
  }

  /** Keys that work. */
  living(): readonly ApiKey[] {
    const keys = isRegistered(this.state) ? this.state.keys : [];
    return keys.filter(({ expiresAt }) => expiresAt === null || expiresAt > this.time);
  }

  private apply(events: readonly IdentityEvent[]): void {
    this.state = events.reduce(party.evolve, this.state);
  }
}

const all = ['wallet:balances:read', 'wallet:entries:read'];

/** Everything that a key may do, one sentence each. */
function deeds({ scopes, rights: may, budget, expiresAt }: ApiKey): readonly string[] {
  const upTo = (what: string, most: bigint | number = 6) =>
    Array.from({ length: Number(most) }, (_, index) => `${what} ${index + 1}`);
  const isFor = (pattern: string, name: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(name);
  return [
    ...scopes,
    ...named.filter((name) => may.models?.some((pattern) => isFor(pattern, name)) ?? true).map((name) => `use ${name}`),
    ...(may.apps ?? ['tea', 'tax', 'toy']).map((app) => `call ${app}`),
    ...upTo('requests', may.requestsPerMinute),
    ...upTo('units', may.unitsPerMinute),
    ...upTo('streams', may.streams),
    ...upTo('daily', budget.daily),
    ...upTo('total', budget.total),
    ...upTo('live', expiresAt === null ? 99 : Math.min(99, expiresAt - now)),
  ];
}

describe('whatever keys mint, rotate and revoke', () => {
  it('a minted key does nothing that a key before it may not, and never outlives one', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const keys = new Keys();
        for (const next of steps) {
          keys.take(next);
          const living = keys.living();
          for (const key of living) {
            if (key.parent === undefined) continue;
            const parent = living.find(({ keyId }) => keyId === key.parent);
            const may = new Set(parent ? deeds(parent) : []);
            expect(deeds(key).filter((deed) => !may.has(deed))).toEqual([]);
          }
        }
      }),
      { numRuns: 500 },
    ));
});
