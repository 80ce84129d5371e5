import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { KeyStore } from '../../key-store/key-store.ts';
import { PersonKeys } from '../../key-store/person-keys.ts';
import { releaseContact } from '../../decisions/contacts/release-contact.ts';
import { Contacts } from '../../streams/contacts.ts';
import { Parties } from '../../streams/parties.ts';
import { operatorKey, runIdentity, type RunningIdentity } from '../../testing/run-identity.ts';

let identity: RunningIdentity;
beforeAll(async () => {
  identity = await runIdentity();
}, 120_000);
afterAll(() => identity.close(), 60_000);
afterEach(() => {
  identity.log.away = false;
  jest.restoreAllMocks();
});

interface Outcome {
  readonly status: number;
  readonly location?: string;
  readonly body: Record<string, unknown>;
}

const someMsisdn = () => `+86${randomInt(1e10, 9e10)}`;
const subscriber = (msisdn = someMsisdn(), name = 'Li Wei') => ({ msisdn, name });
const registered = { status: 201, body: { subscriberId: expect.stringMatching(/^sub_[0-9a-hjkmnp-tv-z]{26}$/) } };
const taken = { status: 409, body: { code: 'IDENTITY.MSISDN_TAKEN' } };

const post = (subscribers: unknown, idempotencyKey: string = randomUUID(), key: string | undefined = operatorKey) =>
  identity.post('/v1/subscribers:batch', { subscribers }, { idempotencyKey, key });

async function outcomesOf(subscribers: readonly unknown[], idempotencyKey?: string): Promise<readonly Outcome[]> {
  const { status, body } = await post(subscribers, idempotencyKey);
  expect(status).toBe(200);
  return body['outcomes'] as readonly Outcome[];
}

async function countOf(sql: string, ...parameters: unknown[]): Promise<number> {
  const { rows } = await poolOf(identity.instance(DataSource)).query<{ count: number }>(sql, parameters);
  return rows[0]!.count;
}

/** Erases a subscriber, with what follows by policies. */
async function erase(partyId: string): Promise<void> {
  const path = `/v1/parties/${partyId}/personal-data`;
  expect(await identity.ask(path, { method: 'DELETE', key: operatorKey })).toMatchObject({ status: 204 });
  await identity.instance(PersonKeys).destroy([partyId]);
  const { rows } = await poolOf(identity.instance(DataSource)).query<{ stream: string }>(
    `select convert_from(value, 'utf8')::jsonb ->> 'contactStreamId' as stream from events
     where stream_id = $1 and type = 'SubscriberRegistered'`,
    [partyId],
  );
  const command = { id: randomUUID(), streamId: rows[0]!.stream, correlationId: randomUUID(), actor: 'spec' };
  await identity.instance(Contacts).handle(releaseContact, { ...command, data: { kind: 'msisdn', partyId } });
}

const parties = () => countOf('select count(*)::int from parties');
const events = () => countOf('select sum(sequence)::int as count from lanes');

/** Ends the next registrations after their reservations, as if the process had died. */
function cutRegistrations(after: number) {
  const streams = identity.instance(Parties);
  const handle = streams.handle.bind(streams);
  let done = 0;
  jest
    .spyOn(streams, 'handle')
    .mockImplementation((decide, command) =>
      done++ < after ? handle(decide, command) : Promise.reject(new Error('the process died')),
    );
}

describe('a batch of subscribers', () => {
  it('registers each, in the order sent, without API keys', async () => {
    const subscribers = [subscriber(), subscriber(someMsisdn(), ' Wang Fang ')];
    const outcomes = await outcomesOf(subscribers);
    expect(outcomes).toEqual([registered, registered]);
    const [, second] = outcomes;
    const id = String(second!.body['subscriberId']);
    expect(await identity.ask(`/v1/parties/${id}`, { key: operatorKey })).toMatchObject({
      status: 200,
      body: { partyId: id, kind: 'subscriber', name: 'Wang Fang', msisdn: subscribers[1]!.msisdn },
    });
    expect(await identity.ask(`/v1/parties/${id}/api-keys`, { key: operatorKey })).toMatchObject({
      body: { data: [] },
    });
  });

  it('lets the operator give one a key', async () => {
    const [one] = await outcomesOf([subscriber()]);
    const id = String(one!.body['subscriberId']);
    const body = { name: 'agent', scopes: ['wallet:balances:read'] };
    const issued = await identity.post(`/v1/parties/${id}/api-keys`, body, { key: operatorKey });
    expect(issued).toMatchObject({ status: 201 });
    const me = await identity.ask('/v1/me', { key: String(issued.body['secret']) });
    expect(me).toMatchObject({ status: 200, body: { partyId: id, kind: 'subscriber' } });
  });

  it('registers a thousand', async () => {
    const before = await parties();
    const outcomes = await outcomesOf(Array.from({ length: 1000 }, () => subscriber()));
    expect(outcomes.filter(({ status }) => status !== 201)).toEqual([]);
    expect(await parties()).toBe(before + 1000);
  });

  it('takes the good ones whatever the others are, and says of each bad one where and what', async () => {
    const [held, msisdn] = [someMsisdn(), someMsisdn()];
    expect((await outcomesOf([subscriber(held)]))[0]!.status).toBe(201);
    const outcomes = await outcomesOf([
      subscriber('13800000001'),
      subscriber(msisdn),
      subscriber(msisdn),
      subscriber(held),
      { ...subscriber(), admin: true },
      subscriber(someMsisdn(), 'x'.repeat(201)),
      subscriber(someMsisdn(), ' '),
      'nonsense',
      null,
      { msisdn: someMsisdn() },
      subscriber(),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([400, 201, 409, 409, 400, 400, 400, 400, 400, 400, 201]);
    expect([outcomes[2], outcomes[3]]).toMatchObject([taken, taken]);
    const pointers = outcomes.flatMap(({ body }) => (body['errors'] ?? []) as readonly { pointer: string }[]);
    expect(pointers.map(({ pointer }) => pointer)).toEqual([
      '/subscribers/0/msisdn',
      '/subscribers/4/admin',
      '/subscribers/5/name',
      '/subscribers/6/name',
      '/subscribers/7',
      '/subscribers/8',
      '/subscribers/9/name',
    ]);
  });

  it('does not say who has a number that is taken', async () => {
    const msisdn = someMsisdn();
    const [one] = await outcomesOf([subscriber(msisdn)]);
    const [other] = await outcomesOf([subscriber(msisdn)]);
    expect(JSON.stringify(other)).not.toContain(String(one!.body['subscriberId']));
    expect(JSON.stringify(other)).not.toContain(msisdn);
  });

  it('takes the number of an erased subscriber again', async () => {
    const msisdn = someMsisdn();
    const [one] = await outcomesOf([subscriber(msisdn)]);
    await erase(String(one!.body['subscriberId']));
    const [again] = await outcomesOf([subscriber(msisdn)]);
    expect(again).toEqual(registered);
    expect(again!.body['subscriberId']).not.toBe(one!.body['subscriberId']);
  });

  it.each([
    ['no list', {}],
    ['an empty list', { subscribers: [] }],
    ['1,001 subscribers', { subscribers: Array.from({ length: 1001 }, () => subscriber()) }],
    ['another member', { subscribers: [subscriber()], atomic: true }],
  ])('is none with %s', async (_, body) => {
    const before = await events();
    const answer = await identity.post('/v1/subscribers:batch', body, { key: operatorKey });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
    expect(await events()).toBe(before);
  });

  it('is for the operator', async () => {
    const { body } = await identity.post('/v1/subscribers', subscriber(), { key: operatorKey });
    const { secret } = body['apiKey'] as { readonly secret: string };
    const asked = { subscribers: [subscriber()] };
    expect(await identity.post('/v1/subscribers:batch', asked)).toMatchObject({ status: 401 });
    expect(await identity.post('/v1/subscribers:batch', asked, { key: secret })).toMatchObject({ status: 403 });
  });
});

describe('a repeat of a batch', () => {
  it('is answered alike, and changes nothing', async () => {
    const msisdn = someMsisdn();
    const [key, subscribers] = [randomUUID(), [subscriber(msisdn), subscriber(msisdn), subscriber('1'), subscriber()]];
    const first = await post(subscribers, key);
    expect((first.body['outcomes'] as readonly Outcome[]).map(({ status }) => status)).toEqual([201, 409, 400, 201]);
    const before = await events();
    expect(await post(subscribers, key)).toEqual(first);
    expect(await events()).toBe(before);
  });

  it('is answered alike after one of them was erased, and another took a number', async () => {
    const [key, msisdn] = [randomUUID(), someMsisdn()];
    const subscribers = [subscriber(msisdn), subscriber()];
    const first = await post(subscribers, key);
    const [one] = first.body['outcomes'] as readonly Outcome[];
    await erase(String(one!.body['subscriberId']));
    expect(await outcomesOf([subscriber(msisdn)])).toEqual([registered]);
    expect(await post(subscribers, key)).toEqual(first);
  });

  it('is none with another body under the same key: nothing of it is done', async () => {
    const [key, one] = [randomUUID(), subscriber()];
    expect(await outcomesOf([one], key)).toEqual([registered]);
    const before = await events();
    for (const other of [[subscriber()], [one, subscriber()], [subscriber(), one]])
      expect(await post(other, key)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(await events()).toBe(before);
  });

  it('is none with another body, also after a restore, which brings no claims back', async () => {
    const [key, one] = [randomUUID(), subscriber()];
    expect(await outcomesOf([one], key)).toEqual([registered]);
    await poolOf(identity.instance(DataSource)).query('delete from command_claims');
    const before = await events();
    expect(await post([subscriber(), one], key)).toMatchObject({ status: 422 });
    expect(await events()).toBe(before);
  });

  it('lets one body win of two that come at once with one key', async () => {
    const key = randomUUID();
    const answers = await Promise.all([post([subscriber()], key), post([subscriber(), subscriber()], key)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422]);
  });

  it.each([0, 1, 2])('goes on where a try ended with %j of three registered', async (done) => {
    const [key, subscribers] = [randomUUID(), [subscriber(), subscriber(), subscriber()]];
    const before = await parties();
    cutRegistrations(done);
    const cut = await outcomesOf(subscribers, key);
    expect(cut.filter(({ status }) => status === 500)).toHaveLength(3 - done);
    jest.restoreAllMocks();
    const outcomes = await outcomesOf(subscribers, key);
    expect(outcomes).toEqual([registered, registered, registered]);
    expect(await parties()).toBe(before + 3);
    // Those that were registered at first keep their ids.
    cut.forEach((outcome, index) => outcome.status === 201 && expect(outcomes[index]).toEqual(outcome));
  });

  it('goes on where a try ended before the keys were stored', async () => {
    const [key, subscribers] = [randomUUID(), [subscriber(), subscriber()]];
    jest.spyOn(identity.instance(KeyStore), 'rows').mockRejectedValueOnce(new Error('the process died'));
    expect((await outcomesOf(subscribers, key)).map(({ status }) => status)).toEqual([500, 500]);
    expect(await outcomesOf(subscribers, key)).toEqual([registered, registered]);
  });

  it('with other borders registers no number twice', async () => {
    const [one, two, three] = [subscriber(), subscriber(), subscriber()];
    const before = await parties();
    expect(await outcomesOf([one, two])).toEqual([registered, registered]);
    expect(await outcomesOf([two, three])).toMatchObject([taken, registered]);
    expect(await parties()).toBe(before + 3);
  });

  it('is answered 202 item by item while the log is away, and 201 afterwards', async () => {
    const [key, subscribers] = [randomUUID(), [subscriber(), subscriber('nonsense')]];
    identity.log.away = true;
    const [pending, invalid] = await outcomesOf(subscribers, key);
    expect(pending).toMatchObject({ status: 202, body: { status: 'pending' } });
    expect(invalid).toMatchObject({ status: 400 });
    identity.log.away = false;
    const [outcome] = await outcomesOf(subscribers, key);
    expect(outcome).toEqual(registered);
    const { status, body } = await identity.ask(pending!.location!, { key: operatorKey });
    expect({ status, body }).toEqual(outcome);
  });
});

describe('a number of a subscriber', () => {
  it('stays with it for ever, though its reservation is over', async () => {
    const msisdn = someMsisdn();
    expect(await outcomesOf([subscriber(msisdn)])).toEqual([registered]);
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
    for (let attempt = 0; attempt < 2; attempt++)
      expect(await outcomesOf([subscriber(msisdn), subscriber(msisdn)])).toMatchObject([taken, taken]);
  });

  it('is not among others that are registered with it', async () => {
    const msisdn = someMsisdn();
    const single = () => identity.post('/v1/subscribers', subscriber(msisdn), { key: operatorKey });
    const answers = await Promise.all([single(), outcomesOf([subscriber(msisdn), subscriber()]), single()]);
    const [one, [two], three] = answers as [Outcome, readonly Outcome[], Outcome];
    expect([one.status, two!.status, three.status].toSorted()).toEqual([201, 409, 409]);
  });
});

describe('what others read of a batch', () => {
  it('holds neither names nor numbers: not the topic, not the log', async () => {
    const one = subscriber(someMsisdn(), 'Nüwa Unheard');
    await outcomesOf([one, subscriber('+1', 'Fuxi Unheard')]);
    for (const text of [identity.topic(), identity.written.join('\n')]) {
      expect(text).not.toContain(one.msisdn);
      expect(text).not.toContain('Unheard');
    }
  });
});
