import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type Caller } from '@tokengrid/service/testing';
import { paidModel, type RunningPaid, runPaid } from '../../testing/run-paid.ts';

jest.setTimeout(60_000);

let running: RunningPaid;
beforeAll(async () => {
  running = await runPaid(1, { REPLAY_BYTES_PER_PRINCIPAL: '2048', REPLAY_BYTES: '6144' });
  running.grantAll();
}, 120_000);
afterAll(() => running.close(), 60_000);

const chat = ({ secret }: Caller, key: string) =>
  running.post(
    0,
    { secret, directions: 'units=5', headers: { 'idempotency-key': key } },
    { model: paidModel, messages: [{ role: 'user', content: 'hello' }] },
  );
/** Statuses of the first answer and of its repeat, for as many keys. */
async function statuses(who: Caller, keys: number): Promise<readonly string[]> {
  const all: string[] = [];
  for (let key = 0; key < keys; key++) {
    const [first, again] = [await chat(who, `k${key}`), await chat(who, `k${key}`)];
    all.push(`${first.status} ${again.status}`);
  }
  return all;
}

it('beyond the bytes of a principal answers are not kept, then keys are refused, and others are not concerned', async () => {
  const [greedy, other] = [running.payer(), running.payer()];
  const all = await statuses(greedy, 12);
  expect(all.map((each, place) => place === 0 || each >= all[place - 1]!)).not.toContain(false);
  expect(new Set(all)).toEqual(new Set(['200 200', '200 409', '429 429']));
  expect(await statuses(other, 1)).toEqual(['200 200']);
});

it('beyond the bytes of all principals answers are not kept, then keys are refused', async () => {
  const all: string[] = [];
  for (let payer = 0; payer < 14; payer++) all.push(...(await statuses(running.payer(), 1)));
  expect(new Set(all)).toEqual(new Set(['200 200', '200 409', '429 429']));
  expect(all.at(-1)).toBe('429 429');
});
