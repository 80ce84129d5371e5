import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instantOf, PersonalDataErased } from '@tokengrid/contracts';
import type { IdentityEvent } from '@tokengrid/contracts';
import type { EventNamed, Recorded } from '@tokengrid/kernel';
import { KeyStore } from '../../key-store/key-store.ts';
import { WhenPersonalDataErasedDestroyKeys } from '../../policies/when-personal-data-erased-destroy-keys.ts';
import { operatorKey, runIdentity, type RunningIdentity } from '../../testing/run-identity.ts';

/** A registered party, and its first key. */
interface Registered {
  readonly partyId: string;
  readonly personId: string;
  readonly keyId: string;
  readonly key: string;
  readonly scopes: readonly string[];
}

let identity: RunningIdentity;
beforeAll(async () => {
  identity = await runIdentity();
}, 120_000);
afterAll(() => identity.close(), 60_000);

const operator = { key: operatorKey };
const notFound = { status: 404, body: { code: 'NOT_FOUND' } };
const unauthenticated = (detail: string) => ({ status: 401, body: { code: 'UNAUTHENTICATED', detail } });
const refused = (code: string) => ({ status: 409, body: { code } });

async function organization(): Promise<Registered> {
  const { body } = await identity.post('/v1/registrations', {
    organization: { name: 'Acme', kind: 'developer' },
    owner: { name: 'Ann', email: `${randomUUID()}@example.com`, password: 'correct horse' },
  });
  const { id, secret, scopes } = body['apiKey'] as { id: string; secret: string; scopes: string[] };
  const { organizationId, userId } = body as { organizationId: string; userId: string };
  return { partyId: organizationId, personId: userId, keyId: id, key: secret, scopes };
}

async function subscriber(): Promise<Registered> {
  const asked = { msisdn: `+86${randomInt(1e10, 9e10)}`, name: 'Li Wei' };
  const { body } = await identity.post('/v1/subscribers', asked, operator);
  const { id, secret, scopes } = body['apiKey'] as { id: string; secret: string; scopes: string[] };
  const partyId = body['subscriberId'] as string;
  return { partyId, personId: partyId, keyId: id, key: secret, scopes };
}

async function issue(by: { readonly key: string }, partyId: string, said: object = {}) {
  const body = { name: 'ci', scopes: ['wallet:balances:read'], ...said };
  return identity.post(`/v1/parties/${partyId}/api-keys`, body, { ...by, idempotencyKey: randomUUID() });
}

/** Types and parties of the audit that a key sees of a party. */
async function audited({ key }: { readonly key: string }, object: string, type: string) {
  const { body } = await identity.ask(`/v1/audit?object=${object}&limit=1000`, { key });
  const events = body.data as { readonly type: string; readonly actor: Record<string, unknown> }[];
  return events.filter((event) => event.type === type).map(({ actor }) => actor);
}

describe('a reading of personal data', () => {
  it("is in the party's audit where somebody else than the party reads, before it is answered", async () => {
    const party = await subscriber();
    const path = `/v1/parties/${party.partyId}`;
    await identity.ask(path, party);
    await identity.ask('/v1/me', party);
    await identity.ask(path, await organization());
    expect(await audited(party, party.partyId, 'PersonalDataRead')).toEqual([]);
    await identity.ask(path, operator);
    const bootstrap = { party: 'operator', person: 'bootstrap', key: null, onBehalfOf: null };
    expect(await audited(party, party.partyId, 'PersonalDataRead')).toEqual([{ ...bootstrap, person: null }]);
    expect(await audited(operator, party.partyId, 'PersonalDataRead')).toEqual([bootstrap]);
  });

  it('is recorded of the people of an organization, and of no data that is erased', async () => {
    const org = await organization();
    await identity.ask(`/v1/parties/${org.partyId}/people`, org);
    await identity.ask(`/v1/parties/${org.partyId}`, operator);
    expect(await audited(operator, org.partyId, 'PersonalDataRead')).toHaveLength(1);
    await identity.ask(`/v1/parties/${org.partyId}/personal-data`, { method: 'DELETE', key: org.key });
    await identity.ask(`/v1/parties/${org.partyId}`, operator);
    expect(await audited(operator, org.partyId, 'PersonalDataRead')).toHaveLength(1);
  });
});

describe('the audit', () => {
  it('tells who registered, what its keys did, and who suspended it, and nothing of others', async () => {
    const [party, other] = [await subscriber(), await subscriber()];
    await issue(party, party.partyId);
    await identity.post(`/v1/parties/${party.partyId}/suspend`, { reason: 'late' }, operator);
    await identity.post(`/v1/parties/${party.partyId}/reinstate`, {}, operator);
    const own = { party: party.partyId, person: party.keyId, key: null, onBehalfOf: null };
    const theOperator = { party: 'operator', person: null, key: null, onBehalfOf: null };
    expect(await audited(party, party.partyId, 'ApiKeyIssued')).toEqual([own, theOperator]);
    expect(await audited(party, party.partyId, 'PartySuspended')).toEqual([theOperator]);
    expect(await audited(other, party.partyId, 'PartySuspended')).toEqual([]);
  });
});

describe('a party', () => {
  it('is read by itself and the operator, and is not there for anybody else', async () => {
    const [org, other] = [await organization(), await subscriber()];
    for (const path of [`/v1/parties/${org.partyId}`, `/v1/parties/${org.partyId}/api-keys`]) {
      expect(await identity.ask(path, org)).toMatchObject({ status: 200 });
      expect(await identity.ask(path, operator)).toMatchObject({ status: 200 });
      expect(await identity.ask(path, other)).toMatchObject(notFound);
      expect(await identity.ask(path)).toMatchObject({ status: 401 });
    }
    expect(await issue(other, org.partyId)).toMatchObject(notFound);
    const erase = `/v1/parties/${org.partyId}/personal-data`;
    expect(await identity.ask(erase, { method: 'DELETE', ...other })).toMatchObject(notFound);
    expect(await identity.ask('/v1/parties/org_nonsense', operator)).toMatchObject(notFound);
  });

  it('knows who it is', async () => {
    const { key, partyId, keyId, scopes } = await subscriber();
    const me = { partyId, kind: 'subscriber', status: 'active', name: 'Li Wei', keyId, scopes };
    expect(await identity.ask('/v1/me', { key })).toMatchObject({ status: 200, body: me });
    expect(await identity.ask('/v1/me', operator)).toMatchObject({
      status: 200,
      body: { partyId: 'operator', kind: 'operator', keyId: 'bootstrap', scopes: ['*'] },
    });
  });

  it('has no working key while it is suspended', async () => {
    const { key, partyId } = await organization();
    const act = (what: string, by = operator, body?: object) =>
      identity.post(`/v1/parties/${partyId}/${what}`, body, by);
    expect(await act('suspend', { key })).toMatchObject({ status: 403 });
    expect(await act('suspend', operator, { reason: 'fraud' })).toMatchObject({
      status: 200,
      body: { partyId, status: 'suspended' },
    });
    expect(await act('suspend')).toMatchObject(refused('IDENTITY.PARTY_SUSPENDED'));
    expect(await identity.ask('/v1/me', { key })).toMatchObject(
      unauthenticated('the party of the API key is suspended'),
    );
    expect(await act('reinstate')).toMatchObject({ status: 200, body: { partyId, status: 'active' } });
    expect(await act('reinstate')).toMatchObject(refused('IDENTITY.PARTY_NOT_SUSPENDED'));
    expect(await identity.ask('/v1/me', { key })).toMatchObject({ status: 200 });
  });
});

describe('an API key', () => {
  it('works at once with the scopes that it was given, and no others', async () => {
    const org = await organization();
    const { status, body } = await issue(org, org.partyId, { scopes: ['identity:parties:read'] });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^key_/),
        secret: expect.stringMatching(/^tg_[\w-]{43}$/),
        name: 'ci',
        scopes: ['identity:parties:read'],
        expiresAt: null,
      },
    });
    const issued = { key: body['secret'] as string };
    expect(await identity.ask(`/v1/parties/${org.partyId}`, issued)).toMatchObject({ status: 200 });
    expect(await issue(issued, org.partyId)).toMatchObject({ status: 403 });
  });

  it('shows the same secret to a repeat', async () => {
    const { key, partyId } = await organization();
    const idempotencyKey = randomUUID();
    const send = (scopes: readonly string[]) =>
      identity.post(`/v1/parties/${partyId}/api-keys`, { name: 'ci', scopes }, { key, idempotencyKey });
    const first = await send(['wallet:balances:read']);
    expect(await send(['wallet:balances:read'])).toEqual(first);
    expect(await send(['wallet:entries:read'])).toMatchObject({ status: 422 });
  });

  it('never has more than whoever gives it, nor than its kind of party may have', async () => {
    const org = await organization();
    const { body } = await issue(org, org.partyId, { scopes: ['identity:api-keys:write', 'wallet:balances:read'] });
    const lesser = { key: body['secret'] as string };
    const denied = (detail: string) => ({ status: 403, body: { code: 'PERMISSION_DENIED', detail } });
    expect(await issue(lesser, org.partyId, { scopes: ['wallet:transfers:write'] })).toMatchObject(
      denied("your API key lacks the scope wallet:transfers:write and can't grant it"),
    );
    const modelsWrite = { scopes: ['app-registry:models:write'] };
    const notForDevelopers = denied("a developer can't have the scope app-registry:models:write");
    expect(await issue(operator, org.partyId, modelsWrite)).toMatchObject(notForDevelopers);
    // The successor's secret is shown to the caller, so a lesser key must not rotate a greater one.
    const rotate = `/v1/api-keys/${org.keyId}/rotate`;
    expect(await identity.post(rotate, { overlapSeconds: 0 }, lesser)).toMatchObject({ status: 403 });
    expect(await issue(operator, org.partyId)).toMatchObject({ status: 201 });
  });

  it.each([
    ['a scope that there is not', { scopes: ['wallet:balances:read', 'wallet:magic'] }, '/scopes/1'],
    ['no scope', { scopes: [] }, '/scopes'],
    ['a scope twice', { scopes: ['wallet:balances:read', 'wallet:balances:read'] }, '/scopes'],
    ['every scope', { scopes: ['*'] }, '/scopes/0'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00.000Z' }, '/expiresAt'],
    ['an end that is no time', { expiresAt: 'tomorrow' }, '/expiresAt'],
    ['a blank name', { name: ' ' }, '/name'],
  ])('is not issued with %s', async (_, said, pointer) => {
    const { key, partyId } = await organization();
    expect(await issue({ key }, partyId, said)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', errors: [{ pointer, detail: expect.any(String) }] },
    });
  });

  it('of the operator’s may do all that the operator may, is nobody else’s to give, and can be rotated and revoked', async () => {
    const keys = '/v1/parties/operator/api-keys';
    const { status, body } = await issue(operator, 'operator', { name: 'Ann', scopes: ['*'] });
    expect({ status, body }).toMatchObject({ status: 201, body: { scopes: ['*'] } });
    const ann = { key: String(body['secret']) };
    const me = { partyId: 'operator', kind: 'operator', keyId: body['id'], scopes: ['*'] };
    expect(await identity.ask('/v1/me', ann)).toMatchObject({ status: 200, body: me });
    expect(await issue(ann, 'operator', { scopes: ['*'] })).toMatchObject({ status: 201 });
    expect(await issue(operator, 'operator')).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
    expect(await issue(await organization(), 'operator', { scopes: ['*'] })).toMatchObject(notFound);
    expect(await issue(operator, (await organization()).partyId, { scopes: ['*'] })).toMatchObject({ status: 400 });
    const rotated = await identity.post(`/v1/api-keys/${String(body['id'])}/rotate`, { overlapSeconds: 0 }, operator);
    expect(rotated).toMatchObject({ status: 201, body: { scopes: ['*'] } });
    expect(await identity.ask('/v1/me', ann)).toMatchObject({ status: 401 });
    expect(
      await identity.ask(`/v1/api-keys/${String(rotated.body['id'])}`, { ...operator, method: 'DELETE' }),
    ).toMatchObject({
      status: 204,
    });
    expect(await identity.ask(keys, operator)).toMatchObject({ status: 200 });
  });

  it('ends when it was said to', async () => {
    const { key, partyId } = await organization();
    const end = Date.now() + 400;
    const { body } = await issue({ key }, partyId, { expiresAt: instantOf(end) });
    const issued = { key: body['secret'] as string };
    expect(await identity.ask('/v1/me', issued)).toMatchObject({ status: 200 });
    while (Date.now() <= end) await new Promise((resolve) => setImmediate(resolve));
    expect(await identity.ask('/v1/me', issued)).toMatchObject(unauthenticated('the API key is expired'));
  });

  it('is rotated with an overlap, once', async () => {
    const { key, partyId, keyId, scopes } = await organization();
    const rotate = (overlapSeconds: number, by: string) =>
      identity.post(`/v1/api-keys/${keyId}/rotate`, { overlapSeconds }, { key: by });
    const { status, body } = await rotate(60, key);
    expect({ status, body }).toMatchObject({ status: 201, body: { name: 'first key', scopes, expiresAt: null } });
    const successor = body['secret'] as string;
    for (const works of [key, successor])
      expect(await identity.ask('/v1/me', { key: works })).toMatchObject({ status: 200 });
    expect(await rotate(0, successor)).toMatchObject(refused('IDENTITY.API_KEY_ALREADY_ROTATED'));
    const { data } = (await identity.ask(`/v1/parties/${partyId}/api-keys`, { key })).body;
    expect(data).toMatchObject([
      { id: keyId, status: 'active', successorId: body['id'], expiresAt: expect.any(String) },
      { id: body['id'], status: 'active', successorId: null, expiresAt: null },
    ]);
  });

  it('knows which key asked for it, and goes back to eight people at most, however often it is rotated', async () => {
    const { key, partyId, keyId } = await organization();
    const scopes = ['identity:api-keys:write'];
    let last = { key, id: keyId };
    for (let people = 2; people <= 8; people++) {
      const { status, body } = await issue({ key: last.key }, partyId, { scopes });
      expect(status).toBe(201);
      last = { key: String(body['secret']), id: String(body['id']) };
    }
    const tooLong = refused('IDENTITY.API_KEY_LINE_TOO_LONG');
    expect(await issue({ key: last.key }, partyId, { scopes })).toMatchObject(tooLong);
    const rotated = await identity.post(`/v1/api-keys/${last.id}/rotate`, { overlapSeconds: 60 }, { key: last.key });
    expect(rotated).toMatchObject({ status: 201 });
    expect(await issue({ key: String(rotated.body['secret']) }, partyId, { scopes })).toMatchObject(tooLong);
    expect(await issue({ key }, partyId)).toMatchObject({ status: 201 });
    const { data } = (await identity.ask(`/v1/parties/${partyId}/api-keys`, { key })).body;
    expect(data).toMatchObject([
      { id: keyId, mintedBy: null },
      { mintedBy: keyId },
      ...Array.from({ length: 8 }, () => ({})),
    ]);
  });

  it('is another person than the one it was minted with, and the same as the one that it succeeds, for idempotency', async () => {
    const { key, partyId, keyId } = await organization();
    const path = `/v1/parties/${partyId}/api-keys`;
    const body = { name: 'ci', scopes: ['identity:parties:read', 'identity:api-keys:write'] };
    const first = await identity.post(path, body, { key, idempotencyKey: 'same' });
    expect(first.status).toBe(201);
    const minted = String(first.body['secret']);
    const others = await identity.post(path, body, { key: minted, idempotencyKey: 'same' });
    expect(others.status).toBe(201);
    expect(others.body['id']).not.toBe(first.body['id']);
    const rotated = await identity.post(`/v1/api-keys/${keyId}/rotate`, { overlapSeconds: 60 }, { key });
    const successor = String(rotated.body['secret']);
    const repeated = await identity.post(path, body, { key: successor, idempotencyKey: 'same' });
    expect([repeated.status, repeated.body]).toEqual([201, first.body]);
  });

  it('ends at once where a rotation has no overlap', async () => {
    const { key, keyId } = await organization();
    expect(await identity.post(`/v1/api-keys/${keyId}/rotate`, { overlapSeconds: 0 }, { key })).toMatchObject({
      status: 201,
    });
    expect(await identity.ask('/v1/me', { key })).toMatchObject(unauthenticated('the API key is expired'));
  });

  it('works no more once it is revoked, and can be revoked again', async () => {
    const [{ key, partyId }, other] = [await organization(), await organization()];
    const { body } = await issue({ key }, partyId);
    const path = `/v1/api-keys/${String(body['id'])}`;
    expect(await identity.ask(path, { method: 'DELETE', key: other.key })).toMatchObject(notFound);
    const revoke = () => identity.ask(path, { method: 'DELETE', key });
    expect(await revoke()).toMatchObject({ status: 204 });
    expect(await revoke()).toMatchObject({ status: 204 });
    expect(await identity.ask('/v1/me', { key: body['secret'] as string })).toMatchObject(
      unauthenticated('the API key is revoked'),
    );
    expect(await identity.post(`${path}/rotate`, { overlapSeconds: 0 }, { key })).toMatchObject(
      refused('IDENTITY.API_KEY_NOT_ACTIVE'),
    );
  });

  it('ends itself, its rotations and what it minted, and no other key: that is for the operator', async () => {
    const { key, keyId, partyId } = await organization();
    const minted = async (by: string) => {
      const { body } = await issue({ key: by }, partyId, { scopes: ['identity:api-keys:write'] });
      return { keyId: String(body['id']), key: String(body['secret']) };
    };
    const [lesser, sibling] = [await minted(key), await minted(key)];
    const own = await minted(lesser.key);
    const revoke = (by: string, of: string) => identity.ask(`/v1/api-keys/${of}`, { method: 'DELETE', key: by });
    const rotate = (by: string, of: string) =>
      identity.post(`/v1/api-keys/${of}/rotate`, { overlapSeconds: 60 }, { key: by });
    const denied = { status: 403, body: { code: 'PERMISSION_DENIED' } };
    for (const other of [keyId, sibling.keyId]) {
      expect(await revoke(lesser.key, other)).toMatchObject(denied);
      expect(await rotate(lesser.key, other)).toMatchObject(denied);
    }
    const rotated = await rotate(lesser.key, own.keyId);
    expect(rotated).toMatchObject({ status: 201 });
    expect(await revoke(own.key, lesser.keyId)).toMatchObject(denied);
    expect(await revoke(lesser.key, String(rotated.body['id']))).toMatchObject({ status: 204 });
    const successor = await rotate(lesser.key, lesser.keyId);
    expect(await revoke(String(successor.body['secret']), lesser.keyId)).toMatchObject({ status: 204 });
    expect(await revoke(key, String(successor.body['id']))).toMatchObject({ status: 204 });
    expect(await revoke(operatorKey, sibling.keyId)).toMatchObject({ status: 204 });
  });

  it('is listed page by page', async () => {
    const { key, partyId } = await organization();
    for (const name of ['second', 'third']) await issue({ key }, partyId, { name });
    const names = [];
    for (let cursor: unknown = ''; cursor !== null;) {
      const query = cursor === '' ? '' : `&cursor=${String(cursor)}`;
      const { body } = await identity.ask(`/v1/parties/${partyId}/api-keys?limit=2${query}`, { key });
      names.push((body['data'] as { name: string }[]).map(({ name }) => name));
      cursor = body['nextCursor'];
    }
    expect(names).toEqual([['first key', 'second'], ['third']]);
  });
});

describe('erasing personal data', () => {
  const erasedEvent = ({ partyId, personId }: Registered) =>
    PersonalDataErased({ partyId, personIds: [personId], contactStreamId: 'contact-x' }) as Recorded<
      EventNamed<IdentityEvent, 'PersonalDataErased'>
    >;

  it('leaves nothing of a person to read, and the party with its keys', async () => {
    const party = await subscriber();
    const erase = () =>
      identity.ask(`/v1/parties/${party.partyId}/personal-data`, { method: 'DELETE', key: party.key });
    expect(await erase()).toMatchObject({ status: 204 });
    expect(await erase()).toMatchObject({ status: 204 });
    const erased = { status: 200, body: { personalData: 'erased', name: null, msisdn: null } };
    expect(await identity.ask('/v1/me', { key: party.key })).toMatchObject(erased);
    expect(await identity.ask(`/v1/parties/${party.partyId}`, operator)).toMatchObject(erased);
  });

  it('destroys the keys, and what was sealed', async () => {
    const party = await organization();
    await identity.instance(WhenPersonalDataErasedDestroyKeys).destroy(erasedEvent(party));
    const store = identity.instance(KeyStore);
    const keys = await store.rows('select wrapped_key from person_keys where person_id = $1', [party.personId]);
    expect(keys).toEqual([{ wrapped_key: null }]);
    const secrets = await store.rows('select secret from issued_secrets where party_id = $1', [party.partyId]);
    expect(secrets).toEqual([{ secret: null }]);
    // The read model's data can't be decrypted any more.
    expect(await identity.ask(`/v1/parties/${party.partyId}`, operator)).toMatchObject({
      status: 200,
      body: { personalData: 'unreadable', name: null, owner: { name: null, email: null } },
    });
  });
});
