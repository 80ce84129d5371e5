import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ModelOffered } from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import type { Caller } from '@tokengrid/service/testing';
import { DataSource } from 'typeorm';
import { Credentials } from '../../credentials/credentials.ts';
import { KeyStore } from '../../credentials/key-store.ts';
import { MasterKey } from '../../credentials/master-key.ts';
import { NoRoute, Routes } from '../../serving/routes.ts';
import { type GatewayAmong, runGatewayAmong } from '../../testing/gateway-among.ts';

// Waits have their own time limits; a busy machine is no failure.
jest.setTimeout(60_000);

const written: string[] = [];
let gateway: GatewayAmong;
let provider: Caller;
beforeAll(async () => {
  gateway = await runGatewayAmong({ LOG_LEVEL: 'trace' }, { write: (line) => void written.push(line) });
  provider = await gateway.register('provider');
}, 180_000);
afterAll(() => gateway.close(), 60_000);

let models = 0;
/** A new offer of a model of its own, once the gateway knows it. */
async function offer(providerId = provider.partyId) {
  const [modelId, name] = [newId('mod'), `spec-${++models}`];
  const terms = { endpoint: 'https://models.example/v1', region: 'eu', operatorBps: 1000, priceVersion: 1 };
  const prices = [{ meter: 'input_tokens', unitPrice: '1' }];
  const event = ModelOffered({
    modelId,
    name,
    providerId,
    ...terms,
    prices,
    effectiveFrom: '2026-01-01T00:00:00.000Z',
  });
  await gateway.appRegistry.say(modelId, event);
  await gateway.until(() => authorizationOf(name).then((sent) => sent !== 'none'));
  return { modelId, name };
}

/** Authorization of requests to the only offer of a model; `none` if there is no route. */
const authorizationOf = (model: string) =>
  gateway
    .instance(Routes)
    .choose({ model, partyId: newId('sub'), keyId: newId('key'), affinity: '' })
    .then(
      ([route]) => route!.authorization,
      (error: unknown) => {
        if (error instanceof NoRoute) return 'none';
        throw error;
      },
    );
const put = (who: Caller, modelId: string, body: unknown, key?: string) =>
  gateway.call(who, 'PUT', `/v1/offers/${modelId}/credentials`, body, key);
const set = (modelId: string, authorization: string, overlapSeconds?: number) =>
  put(provider, modelId, { authorization, ...(overlapSeconds !== undefined && { overlapSeconds }) });
const untilSent = (model: string, authorization: string | undefined) =>
  gateway.until(async () => (await authorizationOf(model)) === authorization);

describe("credentials of a provider's offer", () => {
  it('go with requests within a second, and are never shown', async () => {
    const { modelId, name } = await offer();
    expect(await authorizationOf(name)).toBeUndefined();
    const answered = await set(modelId, 'Bearer sk-first');
    const answeredAt = performance.now();
    expect(answered).toMatchObject({ status: 200, body: { modelId, status: 'set' } });
    await untilSent(name, 'Bearer sk-first');
    expect(performance.now() - answeredAt).toBeLessThan(1000);
    const { body } = await gateway.get(provider, `/v1/offers/${modelId}/credentials`);
    expect(body).toEqual(answered.body);
  });

  it('are replaced by later ones; the former ones stand in where those are refused, for a while', async () => {
    const { modelId, name } = await offer();
    await set(modelId, 'Bearer sk-1');
    await untilSent(name, 'Bearer sk-1');
    await set(modelId, 'Bearer sk-2', 2);
    await untilSent(name, 'Bearer sk-2');
    gateway.instance(Routes).tell(modelId, { kind: 'unauthorized' });
    await untilSent(name, 'Bearer sk-1');
    // Their time is over.
    await untilSent(name, 'Bearer sk-2');
    gateway.instance(Routes).tell(modelId, { kind: 'unauthorized' });
    expect(await authorizationOf(name)).toBe('Bearer sk-2');
  });

  it('are destroyed once they stand in no more', async () => {
    const { modelId } = await offer();
    await set(modelId, 'Bearer sk-1');
    await set(modelId, 'Bearer sk-2', 600);
    const kept = async () => {
      const sql = 'select count(*)::int as kept from sealed_credentials where model_id = $1';
      const [row] = await gateway.instance(DataSource).query<{ kept: number }[]>(sql, [modelId]);
      return row!.kept;
    };
    const keyStore = gateway.instance(KeyStore);
    await keyStore.destroyFormer(Date.now());
    expect(await kept()).toBe(2);
    await keyStore.destroyFormer(Date.now() + 601_000);
    expect(await kept()).toBe(1);
  });

  it('stand in no event, no log line and no table in the clear', async () => {
    const { modelId, name } = await offer();
    const secret = `sk-${randomUUID()}`;
    await set(modelId, `Bearer ${secret}`);
    await untilSent(name, `Bearer ${secret}`);
    await put(provider, modelId, { authorization: `Bearer ${secret}\r\nx: y` });
    const source = gateway.instance(DataSource);
    const tables = await source.query<{ name: string }[]>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) {
      const rows = await source.query<{ row: string }[]>(`select t::text as row from ${table.name} t`);
      for (const { row } of rows) expect(row).not.toContain(secret);
      const hex = Buffer.from(secret).toString('hex');
      for (const { row } of rows) expect(row).not.toContain(hex);
    }
    expect(written.length).toBeGreaterThan(0);
    expect(written.join('')).not.toContain(secret);
  });

  it('are the same by a repeat, and refused by another body under its key', async () => {
    const { modelId, name } = await offer();
    const key = randomUUID();
    const first = await put(provider, modelId, { authorization: 'Bearer sk-1' }, key);
    expect(await put(provider, modelId, { authorization: 'Bearer sk-1' }, key)).toEqual(first);
    expect(await put(provider, modelId, { authorization: 'Bearer sk-2' }, key)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    await untilSent(name, 'Bearer sk-1');
  });

  it('are lost with the key store, or with its master key: the offer is not called without them', async () => {
    const { modelId, name } = await offer();
    await set(modelId, 'Bearer sk-1');
    await untilSent(name, 'Bearer sk-1');
    const another = new KeyStore(
      gateway.instance(DataSource),
      new MasterKey(Buffer.alloc(32, 8).toString('base64url')),
    );
    expect(await another.about(modelId)).toMatchObject({ kind: 'lost' });
    await gateway.instance(DataSource).query('delete from sealed_credentials where model_id = $1', [modelId]);
    await untilSent(name, 'none');
    const { body } = await gateway.get(provider, `/v1/offers/${modelId}/credentials`);
    expect(body).toMatchObject({ modelId, status: 'lost' });
    expect((await gateway.get(undefined, '/health/ready')).body).toMatchObject({
      status: 'degraded',
      reasons: [expect.stringMatching(/^the table sealed_credentials lacks those of 1 offers: /)],
    });
    await set(modelId, 'Bearer sk-2');
    await untilSent(name, 'Bearer sk-2');
    const ready = async () => (await gateway.get(undefined, '/health/ready')).body['status'] === 'ready';
    await gateway.until(ready);
  });
});

describe('credentials are refused', () => {
  it('for an offer of another, or of nobody', async () => {
    const { modelId } = await offer(newId('org'));
    for (const id of [modelId, newId('mod'), 'x']) {
      const refused = { status: 404, body: { code: 'NOT_FOUND', detail: `no such offer of yours: ${id}` } };
      await gateway.until(async () => (await put(provider, id, { authorization: 'x' })).status === 404);
      expect(await put(provider, id, { authorization: 'x' })).toMatchObject(refused);
      expect(await put(gateway.operator, id, { authorization: 'x' })).toMatchObject(refused);
    }
  });

  it.each([
    ['missing', {}],
    ['empty', { authorization: '' }],
    ['not one line', { authorization: 'Bearer x\r\nhost: y' }],
    ['not ASCII', { authorization: 'Bearer ключ' }],
    ['with spaces around', { authorization: ' Bearer x' }],
    ['longer than 4,096 characters', { authorization: 'x'.repeat(4097) }],
    ['with an overlap of more than a day', { authorization: 'x', overlapSeconds: 86_401 }],
    ['with an unknown field', { authorization: 'x', model: 'y' }],
  ])('that are %s', async (_, body) => {
    const { modelId } = await offer();
    expect(await put(provider, modelId, body)).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT' } });
  });
});

it('credentials of many offers are looked up at once', async () => {
  const credentials = gateway.instance(Credentials);
  const offers = await Promise.all([offer(), offer(), offer()]);
  for (const { modelId } of offers) await set(modelId, `Bearer ${modelId}`);
  await gateway.until(async () => {
    const found = await Promise.all(offers.map(({ modelId }) => credentials.of(modelId)));
    return found.every((each, index) => each !== 'lost' && each.value === `Bearer ${offers[index]!.modelId}`);
  });
});
