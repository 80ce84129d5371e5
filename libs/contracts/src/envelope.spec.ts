import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  commandIdOf,
  eventId,
  eventOfMessage,
  firstPreviousHash,
  hashedHeaders,
  hashOf,
  headersOf,
  isCommandOf,
  MalformedMessage,
  type StoredEvent,
} from './envelope.ts';

const unhashed: Omit<StoredEvent, 'hash'> = {
  service: 'wallet',
  lane: 3,
  sequence: 812,
  streamId: 'wal_01jzx3k9v8e7f9q2m4n6p8r0t2',
  revision: 17,
  type: 'TokensSent',
  version: 1,
  time: Date.UTC(2026, 0, 31, 8, 15, 30, 250),
  commandId: '9f86d081-884c-7d65-9a2f-eaa0c55ad015',
  inputHash: 'ab'.repeat(32),
  causationId: 'metering/3/811',
  correlationId: 'corr-ä-1',
  actor: 'org_01/key_02',
  traceparent: undefined,
  value: Buffer.from('{"tokens":"1250000","memo":"für dich"}'),
};
const previous = '5e'.repeat(32);
const sent: StoredEvent = { ...unhashed, hash: hashOf(unhashed, previous) };

const messageOf = (event: StoredEvent, without?: string, changed: Record<string, string> = {}) => {
  const headers = Object.fromEntries(headersOf(event, previous).filter(([name]) => name !== without));
  return { headers: { ...headers, ...changed }, value: event.value };
};

describe('the hash of an event', () => {
  it('is what anyone computes who reads how it is documented', () => {
    const text = [
      `${previous}ce_specversion:1.0`,
      'ce_id:wallet/3/812',
      'ce_source:/tokengrid/wallet',
      'ce_type:tokengrid.wallet.TokensSent.v1',
      'ce_time:2026-01-31T08:15:30.250Z',
      'ce_subject:wal_01jzx3k9v8e7f9q2m4n6p8r0t2',
      'ce_dataschema:urn:tokengrid:schema:wallet:TokensSent:v1',
      'ce_sequence:812',
      'ce_revision:17',
      'ce_causationid:metering/3/811',
      'ce_commandid:9f86d081-884c-7d65-9a2f-eaa0c55ad015',
      `ce_inputhash:${'ab'.repeat(32)}`,
      'ce_correlationid:corr-ä-1',
      'ce_actor:org_01/key_02',
      '',
      '{"tokens":"1250000","memo":"für dich"}',
    ].join('\n');
    expect(sent.hash).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('is this one for this event, for ever', () =>
    expect(sent.hash).toBe('f308a1d7f6762d5d87850bbbff69e28ad810065e7e9886e2962696f34e9e2063'));

  it('covers a value of any size, and text of any script', () => {
    const large = { ...unhashed, value: Buffer.from('für dich '.repeat(20_000)), correlationId: '链'.repeat(30_000) };
    const text = headersOf({ ...large, hash: '' }, previous)
      .filter(([name]) => (hashedHeaders as readonly string[]).includes(name))
      .map(([name, value]) => `${name}:${value}\n`);
    const whole = createHash('sha256')
      .update(`${previous}${text.join('')}\n`)
      .update(large.value);
    expect(hashOf(large, previous)).toBe(whole.digest('hex'));
  });

  it.each<[string, Partial<StoredEvent>]>([
    ['its data', { value: Buffer.from('{"tokens":"1250001","memo":"für dich"}') }],
    ['its stream', { streamId: 'wal_01jzx3k9v8e7f9q2m4n6p8r0t3' }],
    ['its time', { time: unhashed.time + 1 }],
    ['its place', { sequence: 813 }],
    ['its cause', { causationId: 'metering/3/812' }],
    ['who asked for it', { inputHash: undefined }],
    ['its trace', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }],
  ])('changes with %s', (_, change) => expect(hashOf({ ...unhashed, ...change }, previous)).not.toBe(sent.hash));

  it('changes with what came before', () => expect(hashOf(unhashed, firstPreviousHash)).not.toBe(sent.hash));
});

describe('an event as a message', () => {
  it('has the headers that the hash covers first and in order, then the hashes', () =>
    expect(headersOf(sent, previous).map(([name]) => name)).toEqual([
      ...hashedHeaders.filter((name) => name !== 'traceparent'),
      'ce_hash',
      'ce_previoushash',
      'content-type',
    ]));

  it('comes back as it was', () =>
    expect(eventOfMessage(messageOf(sent))).toEqual({ event: sent, previousHash: previous }));

  it('comes back as it was, whatever its texts are', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), (text, data) => {
        const event = {
          ...sent,
          ...{ streamId: text, correlationId: text, actor: 'spec', causationId: text, inputHash: undefined },
          value: Buffer.from(JSON.stringify(data)),
        };
        expect(eventOfMessage(messageOf(event)).event).toEqual(event);
      }),
    ));

  it.each(['ce_id', 'ce_type', 'ce_time', 'ce_subject', 'ce_revision', 'ce_commandid', 'ce_hash', 'ce_previoushash'])(
    'is malformed without %s',
    (name) =>
      expect(() => eventOfMessage(messageOf(sent, name))).toThrow(
        new MalformedMessage(`the header ${name} is missing`),
      ),
  );

  it.each([
    ['an id of another form', { ce_id: 'wallet-3-812' }],
    ['a type of another service', { ce_type: 'tokengrid.metering.UsageRated.v1' }],
    ['a type without a version', { ce_type: 'tokengrid.wallet.TokensSent' }],
    ['a time that is none', { ce_time: 'yesterday' }],
  ])('is malformed with %s', (_, headers) =>
    expect(() => eventOfMessage(messageOf(sent, undefined, headers))).toThrow(MalformedMessage),
  );

  it('is malformed without a value', () =>
    expect(() => eventOfMessage({ ...messageOf(sent), value: null })).toThrow(MalformedMessage));

  it('is named by service, lane and sequence', () => expect(eventId(sent)).toBe('wallet/3/812'));
});

describe('the id of a command', () => {
  const scope = ['POST', '/v1/wallets/wal_1/transfers', 'my key'] as const;

  it('is a UUID that the same principal, method, path and key always have', () => {
    const id = commandIdOf('org_1', ...scope);
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(commandIdOf('org_1', ...scope)).toBe(id);
  });

  it('differs where any part does, also where they run together to the same text', () => {
    const ids = [
      commandIdOf('org_1', ...scope),
      commandIdOf('org_2', ...scope),
      commandIdOf('org_1', 'POST', '/v1/wallets/wal_1/transfers', 'my  key'),
      commandIdOf('org_1', 'POST', '/v1/wallets/wal_1/transfersmy', ' key'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells whose it is', () => {
    const id = commandIdOf('org_1', ...scope);
    expect([isCommandOf('org_1', id), isCommandOf('org_2', id)]).toEqual([true, false]);
  });
});
