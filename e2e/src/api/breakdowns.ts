import { randomUUID } from 'node:crypto';
import { setTimeout as passing } from 'node:timers/promises';
import { beforeAll, expect, it } from '@jest/globals';
import type { Answer } from './client.ts';
import { eventually, expectProblem, hasStatus, isReady } from './expectations.ts';
import { publishGarbage } from './outsider.ts';
import { availableTo, buy, type Party, registerSubscriber } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

const retryMs = 100;
const requests = 60;

/** Failures as clients see them. */
export function breakdowns(grid: () => Tokengrid): void {
  let lin: Party;
  let bo: Party;
  beforeAll(async () => {
    [lin, bo] = await Promise.all([registerSubscriber(grid()), registerSubscriber(grid())]);
    await buy(grid(), lin, 10_000n);
  });
  const path = () => `/v1/wallets/${lin.walletId}/transfers`;
  const transfer = () => ({ toWalletId: bo.walletId, tokens: '1' });
  const send = (idempotencyKey: string, process: 0 | 1 = 0) =>
    grid().wallets[process].post(path(), lin.key, transfer(), { idempotencyKey });

  /** Sends with one key until there is an outcome, like a client whose connection breaks. */
  const sendUntilAnswered = async (idempotencyKey: string, process: 0 | 1): Promise<Answer> => {
    for (;;) {
      const answer = await send(idempotencyKey, process).catch(() => undefined);
      if (answer !== undefined && answer.status !== 503 && answer.status !== 202) return answer;
      await passing(retryMs);
    }
  };

  it('a process killed under requests that are repeated costs no effect and doubles none', async () => {
    const before = await availableTo(grid(), lin);
    const keys = Array.from({ length: requests }, () => randomUUID());
    const [pid] = grid().stack.run.processes['wallet']!;
    const answering = keys.map((key, index) => sendUntilAnswered(key, index % 2 === 0 ? 0 : 1));
    process.kill(pid!, 'SIGKILL');
    const answers = await Promise.all(answering);
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 201));
    expect(await availableTo(grid(), lin)).toBe(before - BigInt(requests));
    await eventually(() => grid().at('wallet').get('/health/ready'), hasStatus(200));
    for (const [index, key] of keys.entries()) {
      expect((await send(key, index % 2 === 0 ? 1 : 0)).body).toEqual(answers[index]!.body);
    }
    expect(grid().stack.run.processes['wallet']).not.toContain(pid);
  });

  it('with Kafka away a command is 202, and its outcome is where that says once Kafka is back', async () => {
    const idempotencyKey = randomUUID();
    // A new process answers 503 until it has followed all topics to their ends.
    await eventually(() => grid().at('wallet').get(`/v1/commands/${randomUUID()}`, bo.key), hasStatus(404));
    await grid().stack.part('kafka').kill();
    const pending = await send(idempotencyKey);
    expect(pending.status).toBe(202);
    const location = String(pending.headers.get('location'));
    expect(location).toMatch(/^\/v1\/commands\//);
    const outcome = () => grid().at('wallet').get(location, lin.key);
    expect((await outcome()).status).toBe(202);
    expectProblem(await grid().at('wallet').get(location, bo.key), 404, 'NOT_FOUND');
    await grid().stack.part('kafka').start();
    const made = await eventually(outcome, hasStatus(201));
    const repeated = await send(idempotencyKey);
    expect({ status: repeated.status, body: repeated.body }).toEqual({ status: 201, body: made.body });
  });

  it('a garbage message in a topic stops nobody', async () => {
    await publishGarbage(grid().stack.run.kafka.brokers, 'tokengrid.identity');
    const after = await registerSubscriber(grid());
    await buy(grid(), after, 100n);
    // Its connections come back by themselves after the outage of the test before.
    const ready = () => grid().at('metering').get('/health/ready');
    await eventually(ready, isReady);
    const { exitCode, stdout } = await grid().tokengrid('verify', 'identity');
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('whole') });
  });
}
