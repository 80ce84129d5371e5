import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { commandIdOf } from '@tokengrid/contracts';
import { keyScopeOf, operatorPrincipal } from '../auth/principal.ts';
import { call } from '../specimen/call.ts';
import { SealedJars } from '../specimen/jars.ts';
import { runJars } from '../specimen/run-jars.ts';
import type { Specimen } from '../specimen/run-jars.ts';

let jars: Specimen;
beforeAll(async () => {
  jars = await runJars({ environment: { ANSWER_TIMEOUT_MS: '400' } });
});
afterEach(() => {
  jars.world.kafka.away = false;
});
afterAll(() => jars.close());

interface Placed {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly location?: string;
}

const filling = (idempotencyKey: string, jarId: string, tokens = '1') => ({ idempotencyKey, jarId, body: { tokens } });

async function outcomesOf(...commands: readonly object[]): Promise<readonly Placed[]> {
  const { status, body } = await call(`${jars.url}/v1/fillings:batch`, 'POST', { commands });
  expect(status).toBe(200);
  return body['outcomes'] as readonly Placed[];
}

describe('a command of a batch', () => {
  it('has the id that it has as a request of its own, with a key of any characters', async () => {
    for (const key of ['plain', 'clé naïve', '钥匙']) {
      const [placed] = await outcomesOf(filling(key, 'own', '2'));
      const headers = { 'idempotency-key': Buffer.from(key).toString('latin1') };
      const { status, body } = await call(`${jars.url}/v1/jars/own/fillings`, 'POST', { tokens: '2' }, headers);
      expect(placed).toEqual({ idempotencyKey: key, status, body });
    }
    expect((await call(`${jars.url}/v1/jars/own`)).body['tokens']).toBe('6');
  });

  it('gets its first answer though a look-up would refuse it by now', async () => {
    const [first] = await outcomesOf(filling('before', 'sealed', '3'));
    jars.app.get(SealedJars).ids.add('sealed');
    const [again, never] = await outcomesOf(filling('before', 'sealed', '3'), filling('after', 'sealed', '3'));
    expect(again).toEqual(first);
    expect(never).toMatchObject({ status: 404 });
  });

  it.each([
    ['🪙'.repeat(255), 201],
    ['🪙'.repeat(256), 400],
    ['', 400],
  ])('has a key that is counted as in a header', async (key, status) => {
    const { status: whole } = await call(`${jars.url}/v1/fillings:batch`, 'POST', { commands: [filling(key, 'keys')] });
    const headers = { 'idempotency-key': Buffer.from(key).toString('latin1') };
    const own = await call(`${jars.url}/v1/jars/keys/fillings`, 'POST', { tokens: '1' }, headers);
    expect([whole, own.status]).toEqual([status === 201 ? 200 : 400, status]);
  });

  it('is answered 202 while Kafka is away, with the place where its outcome will be', async () => {
    jars.world.kafka.away = true;
    const [placed] = await outcomesOf(filling('away', 'away', '3'));
    const commandId = commandIdOf(keyScopeOf(operatorPrincipal), 'POST', '/v1/jars/away/fillings', 'away');
    const location = `/v1/commands/${commandId}`;
    const pending = { idempotencyKey: 'away', status: 202, location, body: { commandId, status: 'pending' } };
    expect(placed).toEqual(pending);
    expect(await outcomesOf(filling('away', 'away', '3'))).toEqual([pending]);
    jars.world.kafka.away = false;
    const [settled] = await outcomesOf(filling('away', 'away', '3'));
    expect(settled).toMatchObject({ status: 201, body: { jarId: 'away', tokens: '3' } });
    expect(await call(`${jars.url}${location}`)).toMatchObject({ status: 201, body: settled!.body });
  });

  it('is 409 where the same one is in flight in the same batch, and has no outcome in time', async () => {
    jars.world.kafka.away = true;
    const [first, second] = await outcomesOf(filling('twice', 'twice'), filling('twice', 'twice'));
    expect(first!.status).toBe(202);
    expect(second).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_FLIGHT' } });
  });
});
