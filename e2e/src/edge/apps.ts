import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually as until } from '@tokengrid/infra-local/testing';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { Answer } from '../api/client.ts';
import { manifest, publishApp } from '../api/market.ts';
import { type Party, registerOrganization, registerSubscriber } from '../api/parties.ts';
import type { Edge } from './edge.ts';

/** µAIT of one request to the app. */
const price = 100n;
const bought = 100_000n;
/** Requests of a month that the plan `basic` includes. */
const included = 9;
const consent = { scopes: ['profile'], dataUse: ['greets by name'] };

/** Apps at the edge, on a whole stack with two gateways. */
export function apps(edge: () => Edge): void {
  const registry = () => edge().grid.at('app-registry');
  const gateway = (index: number) => edge().grid.gateways[index % 2]!;
  let server: Server;
  let app: Awaited<ReturnType<typeof publishApp>>;
  const got: IncomingHttpHeaders[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      got.push(request.headers);
      if (request.url === '/who') return void whoCalls(callerOf(request.headers)).then((told) => response.end(told));
      if (request.url !== '/events') return void response.end('tea');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const requests = [{ name: 'requests', unit: 'request', aggregation: 'sum', reportedBy: 'gateway' }];
    const prices = [{ meter: 'requests', model: 'per-unit', unitPrice: String(price) }];
    app = await publishApp(
      edge().grid,
      await registerOrganization(edge().grid, 'developer'),
      manifest({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        ...consent,
        meters: requests,
        plans: [
          { id: 'payg', name: 'Pay per use', prices },
          { id: 'free', name: 'Free', prices: [{ ...prices[0], unitPrice: '0' }] },
          { id: 'basic', name: 'Basic', prices: [{ ...prices[0], includedUnits: String(included) }] },
        ],
      }),
    );
  }, 60_000);
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const call = (index: number, { key }: Party, path = '') =>
    fetch(`${gateway(index).address}/apps/${app.slug}${path}`, { headers: { authorization: `Bearer ${key}` } });

  const callerOf = (headers: IncomingHttpHeaders) => headers['x-tokengrid-caller'] as string;
  /** Status and body of what identity tells the app of a caller, as JSON. */
  async function whoCalls(token: string): Promise<string> {
    const metadata = await fetch(`${edge().grid.at('identity').address}/.well-known/openid-configuration`);
    const { userinfo_endpoint: endpoint } = (await metadata.json()) as { readonly userinfo_endpoint: string };
    const told = await fetch(endpoint, { headers: { authorization: `Bearer ${token}` } });
    return JSON.stringify([told.status, await told.json()]);
  }

  /** A subscriber whom both gateways serve, and the path of its subscription. */
  async function subscriber(planId = 'payg', payer?: Party) {
    payer ??= await edge().payer(bought);
    const asked = { planId, consent };
    const { status, body } = await registry().post(`/v1/apps/${app.appId}/subscriptions`, payer.key, asked);
    expect({ status, body }).toMatchObject({ status: 201 });
    return { payer, path: `/v1/subscriptions/${String(body['subscriptionId'])}` };
  }
  /** Calls until a gateway knows of the subscription. @returns number of calls that were served */
  async function untilServed(payer: Party): Promise<bigint> {
    for (const index of [0, 1]) await until(async () => (await call(index, payer)).status === 200);
    return 2n;
  }

  describe('an app', () => {
    it('is called through any gateway, knows its caller by one pseudonym, and is paid for each request', async () => {
      const { payer, path } = await subscriber();
      let served = await untilServed(payer);
      got.length = 0;
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => call(index, payer)));
      served += 20n;
      expect(answers.map(({ status, headers }) => [status, headers.get('x-tokengrid-charge')])).toEqual(
        answers.map(() => [200, String(price)]),
      );
      const tokens = got.map(callerOf);
      const claims: JWTPayload[] = [];
      for (const [index, token] of tokens.entries()) {
        const keys = createRemoteJWKSet(new URL(`${gateway(index).address}/.well-known/jwks.json`));
        claims.push((await jwtVerify(token, keys, { audience: app.appId })).payload);
      }
      expect(new Set(claims.map(({ sub }) => sub)).size).toBe(1);
      expect(claims[0]).toMatchObject({ subscription: path.split('/').at(-1), plan: 'payg', scopes: ['profile'] });
      expect(JSON.stringify(got)).not.toContain(payer.key);
      expect(JSON.stringify(claims)).not.toContain(payer.partyId);
      expect(await edge().settled(payer)).toBe(bought - served * price);
    });

    it('needs no tokens of its caller where the plan is free', async () => {
      const { payer } = await subscriber('free', await registerSubscriber(edge().grid));
      await untilServed(payer);
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => call(index, payer)));
      expect(answers.map(({ status, headers }) => [status, headers.get('x-tokengrid-charge')])).toEqual(
        answers.map(() => [200, '0']),
      );
    });

    it('needs no tokens of its caller for what a month includes, and no other serves more', async () => {
      const { payer } = await subscriber('basic', await registerSubscriber(edge().grid));
      await until(async () => (await call(0, payer)).status === 200);
      for (let served = 1; served < included; served++) expect((await call(0, payer)).status).toBe(200);
      for (const index of [0, 1]) expect((await call(index, payer)).status).toBe(402);
    });

    it('reads the name of its caller, and no more within a second after the consent is withdrawn', async () => {
      const { payer, path } = await subscriber();
      const told = async () => (await (await call(0, payer, '/who')).json()) as [number, unknown];
      await until(async () => (await told())[0] === 200);
      for (const [status, body] of [await told(), await told()])
        expect([status, body]).toEqual([200, { sub: expect.stringMatching(/^psn_/), name: 'Lin' }]);
      const token = callerOf(got.at(-1)!);
      expect((await registry().delete(`${path}/consent`, payer.key)).status).toBeLessThan(300);
      const at = performance.now();
      await until(async () => (await whoCalls(token)).startsWith('[403,'));
      expect(performance.now() - at).toBeLessThan(1000);
    });

    it.each([
      ['a consent is withdrawn', 403, (payer: Party, path: string) => registry().delete(`${path}/consent`, payer.key)],
      ['a subscription has ended', 403, (payer: Party, path: string) => registry().delete(path, payer.key)],
      [
        'a key is revoked',
        401,
        ({ key, keyId }: Party) => edge().grid.at('identity').delete(`/v1/api-keys/${keyId}`, key),
      ],
      ['it is suspended', 403, () => registry().post(`/v1/apps/${app.appId}/suspend`, edge().grid.operatorKey)],
    ] satisfies [string, number, (payer: Party, path: string) => Promise<Answer>][])(
      'ends what it streams within a second where %s',
      async (_, status, withdraw) => {
        const { payer, path } = await subscriber();
        await untilServed(payer);
        const streams = await Promise.all([0, 1].map((index) => call(index, payer, '/events')));
        const ended = streams.map(async ({ body }) => {
          const reader = body!.getReader();
          for (;;) if ((await reader.read().catch(() => ({ done: true }))).done) return performance.now();
        });
        expect((await withdraw(payer, path)).status).toBeLessThan(300);
        const at = performance.now();
        for (const end of await Promise.all(ended)) expect(end - at).toBeLessThan(1000);
        expect((await call(0, payer)).status).toBe(status);
      },
    );
  });
}
