import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { defaultScopesOf } from '@tokengrid/service';
import { KeyStore } from '../../key-store/key-store.ts';
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

const hourMs = 3_600_000;
const someEmail = () => `Ann.${randomUUID()}@example.com`;
const someMsisdn = () => `+86${randomInt(1e10, 9e10)}`;
const id = (prefix: string) => expect.stringMatching(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));
const shownKey = (kind: 'developer' | 'provider' | 'subscriber') => ({
  id: id('key'),
  secret: expect.stringMatching(/^tg_[\w-]{43}$/),
  scopes: defaultScopesOf(kind),
});
const organization = (email: string) => ({
  organization: { name: 'Acme Intelligence', kind: 'developer' },
  owner: { name: 'Ann Chan', email, password: 'correct horse battery' },
});
const register = (body: unknown, idempotencyKey: string = randomUUID()) =>
  identity.post('/v1/registrations', body, { idempotencyKey });
const registerSubscriber = (body: unknown, idempotencyKey: string = randomUUID()) =>
  identity.post('/v1/subscribers', body, { idempotencyKey, key: operatorKey });
const secretIn = (body: Record<string, unknown>) => (body['apiKey'] as { readonly secret: string }).secret;

/** Steps the clock of this process, and thereby the store's. */
function stepClock(byMs: number) {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + byMs);
}

/** Stops the next registration after its reservation, as if the process had died. */
function cutNextRegistration() {
  jest.spyOn(identity.instance(Parties), 'handle').mockRejectedValueOnce(new Error('the process died'));
}

describe('registering an organization', () => {
  it('shows ids and the first key, which works at once', async () => {
    const email = someEmail();
    const { status, body } = await register(organization(email));
    expect({ status, body }).toEqual({
      status: 201,
      body: { organizationId: id('org'), userId: id('usr'), apiKey: shownKey('developer') },
    });
    expect(await identity.ask('/v1/me', { key: secretIn(body) })).toMatchObject({
      status: 200,
      body: {
        partyId: body['organizationId'],
        kind: 'developer',
        name: 'Acme Intelligence',
        owner: { userId: body['userId'], name: 'Ann Chan', email },
        personalData: 'readable',
        keyId: (body['apiKey'] as { id: string }).id,
      },
    });
  });

  it('gives a repeat the same answer, secret and all, and none to the same key with another body', async () => {
    const [key, body] = [randomUUID(), organization(someEmail())];
    const first = await register(body, key);
    expect(first.status).toBe(201);
    expect(await register(body, key)).toEqual(first);
    for (const other of [organization(someEmail()), { ...body, organization: { name: 'Acme', kind: 'provider' } }]) {
      expect(await register(other, key)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    }
  });

  it('takes an e-mail address once, in whatever case, and says so to repeats', async () => {
    const [email, key] = [someEmail(), randomUUID()];
    expect((await register(organization(email))).status).toBe(201);
    const taken = await register(organization(email.toUpperCase()), key);
    expect(taken).toMatchObject({ status: 409, body: { code: 'IDENTITY.EMAIL_TAKEN' } });
    expect(await register(organization(email.toUpperCase()), key)).toEqual(taken);
    expect(await identity.ask(String(taken.body['instance']))).toEqual(taken);
  });

  it('lets one win of many who want the same address at once', async () => {
    const email = someEmail();
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(organization(email))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
  });

  it('goes on where a try ended that got no further than the reservation', async () => {
    const [key, body] = [randomUUID(), organization(someEmail())];
    cutNextRegistration();
    expect(await register(body, key)).toMatchObject({ status: 500 });
    expect(await register(body, key)).toMatchObject({ status: 201 });
  });

  it('frees an address whose registration came to nothing, and refuses the late one', async () => {
    const [key, body] = [randomUUID(), organization(someEmail())];
    cutNextRegistration();
    expect(await register(body, key)).toMatchObject({ status: 500 });
    expect(await register(body)).toMatchObject({ status: 409, body: { code: 'IDENTITY.EMAIL_TAKEN' } });
    stepClock(hourMs);
    expect(await register(body)).toMatchObject({ status: 201 });
    expect(await register(body, key)).toMatchObject({ status: 409, body: { code: 'IDENTITY.REGISTRATION_LAPSED' } });
  });

  it('keeps the address of a party that registered, however late that is confirmed', async () => {
    const body = organization(someEmail());
    expect(await register(body)).toMatchObject({ status: 201 });
    stepClock(hourMs);
    expect(await register(body)).toMatchObject({ status: 409, body: { code: 'IDENTITY.EMAIL_TAKEN' } });
  });

  it('answers 202 while the log is away, within its time, and the outcome after that', async () => {
    const [key, body] = [randomUUID(), organization(someEmail())];
    identity.log.away = true;
    const pending = await register(body, key);
    expect(pending).toMatchObject({ status: 202, body: { status: 'pending' } });
    expect(await identity.ask(pending.location!)).toMatchObject({ status: 202 });
    identity.log.away = false;
    const registered = await register(body, key);
    expect(registered).toMatchObject({ status: 201, body: { apiKey: shownKey('developer') } });
    expect(await identity.ask(pending.location!)).toEqual(registered);
  });

  it('refuses to show a secret whose time is over', async () => {
    const [key, body] = [randomUUID(), organization(someEmail())];
    expect(await register(body, key)).toMatchObject({ status: 201 });
    await identity.instance(KeyStore).run("update issued_secrets set shown_until = now() - interval '1 second'");
    expect(await register(body, key)).toMatchObject({ status: 409, body: { code: 'SECRET_ALREADY_SHOWN' } });
  });

  it.each([
    ['no owner', { organization: { name: 'A', kind: 'developer' } }, '/owner'],
    [
      'another kind',
      { ...organization('a@b.cn'), organization: { name: 'A', kind: 'operator' } },
      '/organization/kind',
    ],
    [
      'a blank name',
      { ...organization('a@b.cn'), organization: { name: '  ', kind: 'provider' } },
      '/organization/name',
    ],
    ['no e-mail address', organization('not an address'), '/owner/email'],
    [
      'a short password',
      { ...organization('a@b.cn'), owner: { name: 'A', email: 'a@b.cn', password: '1234567' } },
      '/owner/password',
    ],
    ['an unknown field', { ...organization('a@b.cn'), admin: true }, '/admin'],
  ])('takes %s for an error, and says where', async (_, body, pointer) => {
    expect(await register(body)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', errors: [{ pointer, detail: expect.any(String) }] },
    });
  });
});

describe('registering a subscriber', () => {
  it('is for the operator', async () => {
    const { body } = await register(organization(someEmail()));
    const subscriber = { msisdn: someMsisdn(), name: 'Li Wei' };
    expect(await identity.post('/v1/subscribers', subscriber)).toMatchObject({ status: 401 });
    expect(await identity.post('/v1/subscribers', subscriber, { key: secretIn(body) })).toMatchObject({ status: 403 });
  });

  it('shows its id and first key, and takes a number once', async () => {
    const msisdn = someMsisdn();
    const { status, body } = await registerSubscriber({ msisdn, name: 'Li Wei' });
    expect({ status, body }).toEqual({
      status: 201,
      body: { subscriberId: id('sub'), apiKey: shownKey('subscriber') },
    });
    expect(await identity.ask('/v1/me', { key: secretIn(body) })).toMatchObject({
      status: 200,
      body: { partyId: body['subscriberId'], kind: 'subscriber', name: 'Li Wei', msisdn },
    });
    const taken = { status: 409, body: { code: 'IDENTITY.MSISDN_TAKEN' } };
    expect(await registerSubscriber({ msisdn, name: 'Wang Fang' })).toMatchObject(taken);
  });

  it.each(['13800000001', '+0138', '+86 138', '', 8613800000001])('does not take %j for a number', async (msisdn) => {
    expect(await registerSubscriber({ msisdn, name: 'Li Wei' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/msisdn', detail: expect.any(String) }] },
    });
  });
});

describe('what others read', () => {
  it('holds neither names, addresses, numbers and passwords nor secrets: not the topic, not the log', async () => {
    const [email, msisdn] = [someEmail(), someMsisdn()];
    const developer = await register(organization(email));
    const subscriber = await registerSubscriber({ msisdn, name: 'Li Wei' });
    const personal = [email, email.toLowerCase(), msisdn, 'Ann Chan', 'Li Wei', 'Acme Intelligence'];
    const secret = ['correct horse battery', secretIn(developer.body), secretIn(subscriber.body), operatorKey];
    const topic = identity.topic();
    expect(topic).toContain(developer.body['organizationId']);
    for (const private_ of [...personal, ...secret]) {
      expect(topic).not.toContain(private_);
      expect(identity.written.join('\n')).not.toContain(private_);
    }
  });
});
