import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { eventually, expectProblem, hasStatus } from './expectations.ts';
import { registerOrganization } from './parties.ts';
import { services, type Tokengrid } from './tokengrid.ts';

/** One second, by the promise about keys, plus slack for a busy machine. */
const knownWithinMs = 1_000 + 4_000;

/** OAuth clients and their access tokens, at services that know them from events alone. */
export function oauth(grid: () => Tokengrid): void {
  const at = () => grid().at('identity');
  const form = (path: string, fields: Readonly<Record<string, string>>) =>
    at().call('POST', path, {
      ...{ raw: new URLSearchParams(fields).toString(), contentType: 'application/x-www-form-urlencoded' },
    });

  async function client() {
    const party = await registerOrganization(grid(), 'developer');
    const scopes = ['wallet:balances:read', 'metering:usage:read'];
    const { status, body } = await at().post('/v1/oauth-clients', party.key, { name: 'job', scopes });
    expect(status).toBe(201);
    const proof = { client_id: String(body['clientId']), client_secret: String(body['clientSecret']) };
    const tokenFor = async (service: string) => {
      const asked = { grant_type: 'client_credentials', resource: `urn:tokengrid:${service}`, ...proof };
      const granted = await eventually(() => form('/oauth/token', asked), hasStatus(200), knownWithinMs);
      return String(granted.body['access_token']);
    };
    return { party, proof, tokenFor };
  }

  /** Verdict of a service on a token: 404 for an unknown command if it is valid, else 401. */
  const verdict = (service: (typeof services)[number], token: string, status: number) =>
    eventually(() => grid().at(service).get(`/v1/commands/${randomUUID()}`, token), hasStatus(status), knownWithinMs);

  it('has a token work in its own service alone, within the scopes of its client', async () => {
    const { party, tokenFor } = await client();
    const token = await tokenFor('wallet');
    await verdict('wallet', token, 404);
    for (const service of services.filter((each) => each !== 'wallet'))
      expectProblem(await grid().at(service).get(`/v1/commands/${randomUUID()}`, token), 401, 'UNAUTHENTICATED');
    const wallet = await eventually(
      () => grid().at('wallet').get(`/v1/parties/${party.partyId}/wallet`, token),
      hasStatus(200),
    );
    expect(wallet.body).toMatchObject({ partyId: party.partyId });
    const path = `/v1/wallets/${String(wallet.body['walletId'])}`;
    const sale = await grid().at('wallet').post(`${path}/sales`, token, { tokens: '1' });
    expectProblem(sale, 403, 'PERMISSION_DENIED');
    const other = await client();
    expectProblem(
      await grid()
        .at('wallet')
        .get(path, await other.tokenFor('wallet')),
      404,
      'NOT_FOUND',
    );
  });

  it('ends a revoked token, and the tokens of suspended parties and deleted clients, within a second', async () => {
    const { party, proof, tokenFor } = await client();
    const [revoked, token, usage] = [await tokenFor('wallet'), await tokenFor('wallet'), await tokenFor('metering')];
    for (const valid of [revoked, token]) await verdict('wallet', valid, 404);
    await verdict('metering', usage, 404);
    expect((await form('/oauth/revoke', { token: revoked, ...proof })).status).toBe(200);
    await verdict('wallet', revoked, 401);
    await verdict('wallet', token, 404);
    const suspending = (what: string) => at().post(`/v1/parties/${party.partyId}/${what}`, grid().operatorKey, {});
    await suspending('suspend');
    await Promise.all([verdict('wallet', token, 401), verdict('metering', usage, 401)]);
    await suspending('reinstate');
    await Promise.all([verdict('wallet', token, 404), verdict('metering', usage, 404)]);
    expect((await at().delete(`/v1/oauth-clients/${proof.client_id}`, party.key)).status).toBe(204);
    await Promise.all([verdict('wallet', token, 401), verdict('metering', usage, 401)]);
  });
}
