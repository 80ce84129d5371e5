import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Role } from '@tokengrid/contracts';
import { KeyStore } from '../../key-store/key-store.ts';
import { MailGateway } from '../../mail/mail-gateway.ts';
import { Mailbox } from '../../testing/mailbox.ts';
import { Reactions } from '../../testing/reactions.ts';
import { operatorKey, runIdentity, type RunningIdentity } from '../../testing/run-identity.ts';

const mails = new Mailbox();
let identity: RunningIdentity;
let reactions: Reactions;
let acme: Organization;
let rival: Organization;

interface Organization {
  readonly partyId: string;
  readonly key: string;
  readonly ownerId: string;
  readonly email: string;
}

beforeAll(async () => {
  identity = await runIdentity({ MAIL_OUTBOX_DIRECTORY: mails.folder });
  reactions = new Reactions(identity);
  [acme, rival] = [await organization(), await organization()];
}, 120_000);
afterAll(async () => {
  await identity.close();
  mails.remove();
}, 60_000);
afterEach(() => void jest.restoreAllMocks());

const someEmail = () => `${randomUUID()}@example.com`;
const password = 'correct horse battery';
const secretOf = (email: string) => mails.inLastMail(email, /tg_[\w-]{43}/);

async function organization(): Promise<Organization> {
  const email = someEmail();
  const { body } = await identity.post('/v1/registrations', {
    organization: { name: 'Acme', kind: 'developer' },
    owner: { name: 'Ann Chan', email, password },
  });
  await reactions.run();
  const { secret: key } = body['apiKey'] as { readonly secret: string };
  return { partyId: String(body['organizationId']), key, ownerId: String(body['userId']), email };
}

interface Invited {
  readonly partyId: string;
  readonly invitationId: string;
  readonly email: string;
  readonly secret: string;
}

async function invite(of: Organization, role: Role, email = someEmail(), key = of.key): Promise<Invited> {
  const { status, body } = await identity.post(`/v1/parties/${of.partyId}/invitations`, { email, role }, { key });
  expect({ status, body }).toMatchObject({ status: 201, body: { role } });
  const invitationId = String(body['invitationId']);
  return { partyId: of.partyId, invitationId, email, secret: secretOf(email) };
}

const accept = ({ partyId, invitationId, secret }: Invited, said: object = { name: 'Bo Li', password }, more = {}) =>
  identity.post(`/v1/parties/${partyId}/invitations/${invitationId}/accept`, { secret, ...said }, more);

async function member(of: Organization, role: Role): Promise<string> {
  const { status, body } = await accept(await invite(of, role));
  expect({ status, body }).toMatchObject({ status: 200, body: { partyId: of.partyId, role } });
  await reactions.run();
  return String(body['userId']);
}

const people = async (of: Organization) =>
  (await identity.ask(`/v1/parties/${of.partyId}/people`, { key: of.key })).body.data;
const refused = (code: string, status = 409) => ({ status, body: { code } });

describe('the people of an organization', () => {
  it('begin with the owner that registered it', async () => {
    expect(await people(acme)).toContainEqual({
      ...{ userId: acme.ownerId, role: 'owner', name: 'Ann Chan', email: acme.email, emailProved: false },
      ...{ personalData: 'readable', joinedAt: expect.any(String) },
    });
  });

  it('come by a secret in a mail, which proves their address', async () => {
    const invited = await invite(acme, 'finance');
    const { body } = await accept(invited);
    expect(body).toEqual({ partyId: acme.partyId, userId: expect.stringMatching(/^usr_/), role: 'finance' });
    expect(await people(acme)).toContainEqual({
      ...{ userId: body['userId'], role: 'finance', name: 'Bo Li', email: invited.email, emailProved: true },
      ...{ personalData: 'readable', joinedAt: expect.any(String) },
    });
  });

  it('act for several organizations, and need no second account', async () => {
    const first = await invite(acme, 'viewer');
    const { body } = await accept(first);
    await reactions.run();
    const second = await invite(rival, 'developer', first.email.toUpperCase());
    expect(await accept(second, {})).toMatchObject({
      ...{ status: 200, body: { userId: body['userId'], partyId: rival.partyId } },
    });
    const again = await identity.post(
      `/v1/parties/${rival.partyId}/invitations`,
      { email: first.email, role: 'admin' },
      { key: rival.key },
    );
    expect(again).toMatchObject(refused('IDENTITY.ALREADY_MEMBER'));
  });

  it('who own one organization join another one', async () => {
    expect(await accept(await invite(acme, 'viewer', rival.email), {})).toMatchObject({
      ...{ status: 200, body: { userId: rival.ownerId } },
    });
  });

  it('get another role, and go; the last owner stays', async () => {
    const of = await organization();
    const userId = await member(of, 'admin');
    const path = `/v1/parties/${of.partyId}/people`;
    const change = (id: string, role: string) => identity.post(`${path}/${id}/role`, { role }, { key: of.key });
    const end = (id: string) => identity.ask(`${path}/${id}`, { method: 'DELETE', key: of.key });
    expect(await change(userId, 'finance')).toMatchObject({ status: 200, body: { userId, role: 'finance' } });
    expect(await end(of.ownerId)).toMatchObject(refused('IDENTITY.LAST_OWNER'));
    expect(await change(of.ownerId, 'viewer')).toMatchObject(refused('IDENTITY.LAST_OWNER'));
    expect(await change(userId, 'owner')).toMatchObject({ status: 200 });
    expect((await end(of.ownerId)).status).toBe(204);
    expect(await end(of.ownerId)).toMatchObject({ status: 404 });
    expect((await people(of))?.map((each) => [each['userId'], each['role']])).toEqual([[userId, 'owner']]);
  });
});

describe('an invitation', () => {
  it('is for a key with the scopes of the role, and for no other party', async () => {
    const path = `/v1/parties/${acme.partyId}`;
    const scopes = ['identity:people:write', 'identity:parties:read', 'wallet:balances:read'];
    const { body } = await identity.post(`${path}/api-keys`, { name: 'hr', scopes }, { key: acme.key });
    const key = String(body['secret']);
    const ask = (who: string, role: string) =>
      identity.post(`${path}/invitations`, { email: someEmail(), role }, { key: who });
    expect(await ask(key, 'owner')).toMatchObject(refused('PERMISSION_DENIED', 403));
    expect(await ask(rival.key, 'viewer')).toMatchObject(refused('NOT_FOUND', 404));
    expect(await ask(acme.key, 'auditor')).toMatchObject({
      ...{ status: 400, body: { errors: [{ pointer: '/role', detail: expect.any(String) }] } },
    });
    expect(await identity.ask(`${path}/people`, { key: rival.key })).toMatchObject({ status: 404 });
    expect(await identity.ask(`${path}/invitations`, { key: rival.key })).toMatchObject({ status: 404 });
  });

  it('is not for a key with limits, which a member would outlive', async () => {
    const asked = { name: 'agent', scopes: [...(await scopesOf(acme.key))], requestsPerMinute: 1 };
    const { body } = await identity.post(`/v1/parties/${acme.partyId}/api-keys`, asked, { key: acme.key });
    const path = `/v1/parties/${acme.partyId}/invitations`;
    const key = String(body['secret']);
    expect(await identity.post(path, { email: someEmail(), role: 'viewer' }, { key })).toMatchObject(
      refused('IDENTITY.API_KEY_LIMITED'),
    );
  });

  it('has the same answer for an address with an account and for one without', async () => {
    const path = `/v1/parties/${acme.partyId}/invitations`;
    const ask = async (email: string) => {
      const { status, body } = await identity.post(path, { email, role: 'viewer' }, { key: acme.key });
      return { status, members: Object.keys(body) };
    };
    const other = await organization();
    expect(await ask(other.email)).toEqual(await ask(someEmail()));
  });

  it('works once; a repeat of the request has its first answer, and sends the mail again', async () => {
    const [email, idempotencyKey] = [someEmail(), randomUUID()];
    const path = `/v1/parties/${acme.partyId}/invitations`;
    const ask = () => identity.post(path, { email, role: 'viewer' }, { key: acme.key, idempotencyKey });
    const first = await ask();
    const secret = secretOf(email);
    expect(await ask()).toEqual(first);
    expect(mails.to(email).map(({ text }) => text.includes(secret))).toEqual([true, true]);
    const invited = { partyId: acme.partyId, invitationId: String(first.body['invitationId']), email, secret };
    const more = { idempotencyKey: randomUUID() };
    const joined = await accept(invited, undefined, more);
    expect(joined).toMatchObject({ status: 200 });
    expect(await accept(invited, undefined, more)).toEqual(joined);
    expect(await accept(invited)).toMatchObject(refused('IDENTITY.INVITATION_NOT_OPEN'));
  });

  it('is not accepted by another secret, once withdrawn, or once the next one is sent', async () => {
    const notOpen = refused('IDENTITY.INVITATION_NOT_OPEN');
    const [first, other] = [await invite(acme, 'viewer'), await invite(acme, 'viewer')];
    expect(await accept({ ...first, secret: other.secret })).toMatchObject(notOpen);
    expect(await accept({ ...first, partyId: rival.partyId })).toMatchObject(notOpen);
    const second = await invite(acme, 'viewer', first.email);
    expect(await accept(first)).toMatchObject(notOpen);
    const path = `/v1/parties/${acme.partyId}/invitations/${second.invitationId}`;
    expect(await identity.ask(path, { method: 'DELETE', key: rival.key })).toMatchObject({ status: 404 });
    expect((await identity.ask(path, { method: 'DELETE', key: acme.key })).status).toBe(204);
    expect(await accept(second)).toMatchObject(notOpen);
  });

  it('asks a person without an account for a name and a password, and says where', async () => {
    const invited = await invite(acme, 'viewer');
    expect(await accept(invited, {})).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/name' }, { pointer: '/password' }] },
    });
    expect(await accept(invited, { name: 'Bo', password: 'short' })).toMatchObject({
      ...{ status: 400, body: { errors: [{ pointer: '/password' }] } },
    });
    expect(await accept(invited)).toMatchObject({ status: 200 });
  });

  it('is taken once by two that accept it at the same time', async () => {
    const invited = await invite(acme, 'viewer');
    const answers = await Promise.all([accept(invited), accept(invited), accept(invited)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
  });

  it("invites the operator's people, by the operator alone", async () => {
    const path = '/v1/parties/operator/invitations';
    const email = someEmail();
    const asked = { email, role: 'auditor' };
    expect(await identity.post(path, asked, { key: acme.key })).toMatchObject({ status: 404 });
    const { body } = await identity.post(path, asked, { key: operatorKey });
    const invited = { partyId: 'operator', invitationId: String(body['invitationId']), email, secret: secretOf(email) };
    expect(await accept(invited)).toMatchObject({ status: 200, body: { partyId: 'operator', role: 'auditor' } });
  });
});

describe('an address', () => {
  it('of a person who was invited is not that of an organization any more', async () => {
    const invited = await invite(acme, 'viewer');
    expect(await accept(invited)).toMatchObject({ status: 200 });
    await reactions.run();
    const owner = { name: 'Eve', email: invited.email, password };
    expect(
      await identity.post('/v1/registrations', { organization: { name: 'Eve', kind: 'provider' }, owner }),
    ).toMatchObject(refused('IDENTITY.EMAIL_TAKEN'));
  });
});

describe('erasing a person', () => {
  const erase = (userId: string, key = operatorKey) =>
    identity.ask(`/v1/people/${userId}/personal-data`, { method: 'DELETE', key });

  it('destroys the key, frees the address, and leaves nothing to read', async () => {
    const invited = await invite(acme, 'viewer');
    const userId = String((await accept(invited)).body['userId']);
    await reactions.run();
    expect(await erase(userId, acme.key)).toMatchObject({ status: 403 });
    expect((await erase(userId)).status).toBe(204);
    expect((await erase(userId)).status).toBe(204);
    await reactions.run();
    const store = identity.instance(KeyStore);
    expect(await store.rows('select wrapped_key from person_keys where person_id = $1', [userId])).toEqual([
      { wrapped_key: null },
    ]);
    expect(await people(acme)).toContainEqual(
      expect.objectContaining({ userId, name: null, email: null, personalData: 'erased' }),
    );
    expect(await accept(await invite(acme, 'viewer', invited.email))).toMatchObject({ status: 200 });
  });

  it('that registered an organization comes with the erasure of that one', async () => {
    const of = await organization();
    expect(await erase(of.ownerId)).toMatchObject(refused('IDENTITY.PERSON_OWNS_ORGANIZATION'));
    const path = `/v1/parties/${of.partyId}/personal-data`;
    expect((await identity.ask(path, { method: 'DELETE', key: of.key })).status).toBe(204);
    await reactions.run();
    expect(await people(of)).toEqual([expect.objectContaining({ userId: of.ownerId, personalData: 'erased' })]);
    expect(await erase(`${of.ownerId.slice(0, -1)}0`)).toMatchObject({ status: 404 });
  });

  it('forgets the address of an invitation that was withdrawn', async () => {
    const invited = await invite(acme, 'viewer');
    const path = `/v1/parties/${acme.partyId}/invitations`;
    const listed = async () => (await identity.ask(path, { key: acme.key })).body.data?.map((each) => each['email']);
    expect(await listed()).toContain(invited.email);
    await identity.ask(`${path}/${invited.invitationId}`, { method: 'DELETE', key: acme.key });
    await reactions.run();
    expect(await listed()).not.toContain(invited.email);
    const rows = await identity
      .instance(KeyStore)
      .rows(
        'select count(*)::int as n from issued_secrets s join person_keys k using (person_id) where key_id = $1 and wrapped_key is not null',
        [invited.invitationId],
      );
    expect(rows).toEqual([{ n: 0 }]);
  });
});

it('no event and no log line has an address, a name, a password or a secret', async () => {
  const invited = await invite(acme, 'viewer');
  expect(await accept(invited, { name: 'Zhou Mingming', password: 'a password of its own' })).toMatchObject({
    status: 200,
  });
  const kept = `${identity.topic()}\n${identity.written.join('\n')}`;
  for (const text of [invited.email, 'Zhou Mingming', 'a password of its own', invited.secret])
    expect(kept).not.toContain(text);
});

describe('while mails fail', () => {
  it('an invitation says so, and a repeat sends it', async () => {
    const gateway = identity.instance(MailGateway);
    const [email, idempotencyKey] = [someEmail(), randomUUID()];
    const path = `/v1/parties/${acme.partyId}/invitations`;
    const ask = () => identity.post(path, { email, role: 'viewer' }, { key: acme.key, idempotencyKey });
    jest.spyOn(gateway, 'isSetUp', 'get').mockReturnValueOnce(false);
    expect(await ask()).toMatchObject({ status: 503, body: { detail: 'no mail gateway is set up' } });
    jest.spyOn(gateway, 'send').mockRejectedValueOnce(new Error('the disk is full'));
    expect(await ask()).toMatchObject({ status: 500 });
    expect(mails.to(email)).toEqual([]);
    expect(await ask()).toMatchObject({ status: 201 });
    expect(mails.to(email)).toHaveLength(1);
  });
});

async function scopesOf(key: string): Promise<readonly string[]> {
  return (await identity.ask('/v1/me', { key })).body['scopes'] as string[];
}
