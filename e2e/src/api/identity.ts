import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventually, expectInvalid, expectProblem, hasStatus } from './expectations.ts';
import { type Party, registerOrganization, registerSubscriber, registration, unique } from './parties.ts';
import { services, type Tokengrid } from './tokengrid.ts';

/** One second, by the promise about keys, plus slack for a busy machine. */
const keysKnownWithinMs = 1_000 + 4_000;

/** Registrations, keys and persons. */
export function identity(grid: () => Tokengrid): void {
  const at = () => grid().at('identity');
  const issueKey = async (party: Party, body: object, by = party.key) =>
    at().post(`/v1/parties/${party.partyId}/api-keys`, by, { name: 'k', scopes: ['wallet:balances:read'], ...body });

  /** Verdict of all services on a key: 404 for an unknown command if the key is valid, else 401. */
  const everywhere = (key: string, status: number) =>
    Promise.all(
      services.map((service) =>
        eventually(
          () => grid().at(service).get(`/v1/commands/${randomUUID()}`, key),
          hasStatus(status),
          keysKnownWithinMs,
        ),
      ),
    );

  it('registers once, however often and however much at once it is asked with one key', async () => {
    const body = registration('developer');
    const idempotencyKey = randomUUID();
    const ask = () => at().post('/v1/registrations', undefined, body, { idempotencyKey });
    const answers = [...(await Promise.all(Array.from({ length: 8 }, ask))), await ask()];
    for (const answer of answers) {
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual(answers[0]!.body);
    }
    const other = registration('provider');
    const reused = await at().post('/v1/registrations', undefined, other, { idempotencyKey });
    expectProblem(reused, 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('lets one of those win who want one e-mail address at the same time', async () => {
    const body = registration('developer', `${unique('race')}@example.com`);
    const answers = await Promise.all(Array.from({ length: 6 }, () => at().post('/v1/registrations', undefined, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it('refuses registrations that are not what they should be, and says where', async () => {
    const good = registration('developer');
    const refused = async (body: unknown, ...pointers: string[]) =>
      expectInvalid(await at().post('/v1/registrations', undefined, body), ...pointers);
    await refused({ ...good, organization: { name: 'X', kind: 'operator' } }, '/organization/kind');
    await refused({ ...good, owner: { ...good.owner, email: 'nobody' } }, '/owner/email');
    await refused({ ...good, owner: { ...good.owner, password: 'short' } }, '/owner/password');
    await refused({ ...good, organization: { name: '  ', kind: 'developer' } }, '/organization/name');
    await refused({ ...good, admin: true }, '/admin');
    for (const body of [{}, [], 'x', 5, null]) await refused(body);
  });

  it('shows a party to itself and to the operator, and to nobody else', async () => {
    const [ada, bob] = await Promise.all([registerOrganization(grid(), 'developer'), registerSubscriber(grid())]);
    expect((await at().get('/v1/me', ada.key)).body).toMatchObject({ partyId: ada.partyId, kind: 'developer' });
    expect((await at().get(`/v1/parties/${ada.partyId}`, grid().operatorKey)).status).toBe(200);
    expectProblem(await at().get(`/v1/parties/${ada.partyId}`, bob.key), 404, 'NOT_FOUND');
    expectProblem(await at().get('/v1/me'), 401, 'UNAUTHENTICATED');
    expectProblem(await issueKey(ada, {}, bob.key), 404, 'NOT_FOUND');
    expectProblem(await at().delete(`/v1/api-keys/${ada.keyId}`, bob.key), 404, 'NOT_FOUND');
    const subscriber = { msisdn: '+99900000001', name: 'X' };
    expectProblem(await at().post('/v1/subscribers', ada.key, subscriber), 403, 'PERMISSION_DENIED');
  });

  it('has a key work in every service within a second, and no longer than a second after it is revoked', async () => {
    const ada = await registerOrganization(grid(), 'developer');
    const { body } = await issueKey(ada, {});
    const key = String(body['secret']);
    await everywhere(key, 404);
    expect((await at().delete(`/v1/api-keys/${String(body['id'])}`, ada.key)).status).toBe(204);
    await everywhere(key, 401);
    await everywhere(ada.key, 404);
  });

  it('ends a key when it expires', async () => {
    const ada = await registerOrganization(grid(), 'developer');
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const { status, body } = await issueKey(ada, { expiresAt });
    expect(status).toBe(201);
    const read = () => grid().at('wallet').get(`/v1/wallets/${ada.walletId}`, String(body['secret']));
    await eventually(read, hasStatus(200));
    expectProblem(await eventually(read, hasStatus(401)), 401, 'UNAUTHENTICATED');
    expectInvalid(await issueKey(ada, { expiresAt: '2020-01-01T00:00:00Z' }), '/expiresAt');
    expect((await issueKey(ada, { expiresAt: '2099-01-01T08:00:00+08:00' })).body).toMatchObject({
      expiresAt: '2099-01-01T00:00:00.000Z',
    });
  });

  it('gives no key more than its party may have, and no key more than it lists', async () => {
    const [ada, lin] = await Promise.all([registerOrganization(grid(), 'developer'), registerSubscriber(grid())]);
    expectProblem(await issueKey(lin, { scopes: ['metering:events:write'] }), 403, 'PERMISSION_DENIED');
    const { body } = await issueKey(ada, {});
    const key = String(body['secret']);
    await eventually(() => grid().at('wallet').get(`/v1/wallets/${ada.walletId}`, key), hasStatus(200));
    const transfer = { toWalletId: lin.walletId, tokens: '1' };
    const sent = await grid().at('wallet').post(`/v1/wallets/${ada.walletId}/transfers`, key, transfer);
    expectProblem(sent, 403, 'PERMISSION_DENIED');
  });

  describe('suspending a party', () => {
    it('stops its keys everywhere, until it is reinstated', async () => {
      const ada = await registerOrganization(grid(), 'developer');
      const suspend = (key: string) => at().post(`/v1/parties/${ada.partyId}/suspend`, key, { reason: 'fraud' });
      expectProblem(await suspend(ada.key), 403, 'PERMISSION_DENIED');
      expect((await suspend(grid().operatorKey)).status).toBe(200);
      await everywhere(ada.key, 401);
      expect((await at().post(`/v1/parties/${ada.partyId}/reinstate`, grid().operatorKey, {})).status).toBe(200);
      await everywhere(ada.key, 404);
    });
  });
}
