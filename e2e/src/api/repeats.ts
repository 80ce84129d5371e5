import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loseAndRestore, restartWallets } from '../repeats/loss.ts';
import { type Answered, asBatched, everyCommand, send, type Sent } from '../repeats/script.ts';
import { eventually } from './expectations.ts';
import { type Party, registerSubscriber } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

/** Sent so often, one command is done once and has one answer; for ever, whatever restarts and is lost. */
export function repeats(grid: () => Tokengrid): void {
  const answered: Answered[] = [];
  const sums = { available: 0n, held: 0n };
  let party: Party;
  let other: Party;

  beforeAll(async () => {
    [party, other] = await Promise.all([registerSubscriber(grid()), registerSubscriber(grid())]);
  });

  /** Sends a command so many times at once, over both processes; all hear the same. */
  async function ask(command: Sent, times: number): Promise<Answered> {
    const answers = await Promise.all(
      Array.from({ length: times }, (_, index) => send(grid().wallets[index % 2]!, command)),
    );
    const [{ status, body }] = answers as [(typeof answers)[number]];
    for (const each of answers) expect({ status: each.status, body: each.body }).toEqual({ status, body });
    return { ...command, status, answer: body };
  }

  /** Every command that was ever sent has the answer that it had, and nothing is done again. */
  async function hearTheSame(times: number): Promise<void> {
    for (const { status, answer, ...command } of answered) {
      const again = await ask(command, times);
      expect({ ...command, status: again.status, answer: again.answer }).toEqual({ ...command, status, answer });
    }
    await expectOnce();
  }

  async function expectOnce(): Promise<void> {
    const { body } = await grid().at('wallet').get(`/v1/wallets/${party.walletId}`, party.key);
    expect(body).toMatchObject({ available: String(sums.available), held: String(sums.held) });
    const sent = BigInt(answered.filter(({ path, status }) => path.endsWith('/transfers') && status === 201).length);
    await eventually(
      () => grid().at('wallet').get(`/v1/wallets/${other.walletId}`, other.key),
      ({ body }) => body['available'] === String(300n * sent),
    );
  }

  it.each([1, 3, 50])('every command, sent %i times at once, is done once', async (times) => {
    const more = await everyCommand({
      operatorKey: grid().operatorKey,
      party,
      other,
      ask: async (command) => {
        const one = await ask(command, times);
        expect([200, 201, 409]).toContain(one.status);
        answered.push(one);
        return one;
      },
    });
    sums.available += more.available;
    sums.held += more.held;
    await expectOnce();
  });

  it('and says the same when it is sent again later, however often', async () => {
    await hearTheSame(1);
    await hearTheSame(3);
  });

  it('and inside of a batch', async () => {
    const members = answered.flatMap((one) => {
      const command = asBatched(one, party.walletId);
      return command ? [{ command, status: one.status, body: one.answer }] : [];
    });
    const commands = members.map(({ command }) => command);
    const { status, body } = await grid().at('wallet').post('/v1/commands:batch', party.key, { commands });
    expect(status).toBe(200);
    const outcomes = body['outcomes'] as readonly { readonly status: number; readonly body: unknown }[];
    for (const [index, member] of members.entries()) {
      expect(outcomes[index]).toMatchObject({ status: member.status, body: member.body });
    }
    await expectOnce();
  });

  it('as one that came in a batch first does by itself', async () => {
    const idempotencyKey = randomUUID();
    const body = { toWalletId: other.walletId, tokens: '300' };
    const command = { idempotencyKey, walletId: party.walletId, type: 'transfer', body };
    const commands = [command, command];
    const batch = await grid().at('wallet').post('/v1/commands:batch', party.key, { commands });
    const [first, second] = batch.body['outcomes'] as readonly { status: number; body: Answered['answer'] }[];
    expect(first).toEqual(second);
    const path = `/v1/wallets/${party.walletId}/transfers`;
    const single = await ask({ method: 'POST', path, key: party.key, body, idempotencyKey }, 1);
    expect({ status: single.status, body: single.answer }).toEqual({ status: first!.status, body: first!.body });
    answered.push(single);
    sums.available -= 300n;
    await expectOnce();
  });

  describe('and when', () => {
    it('the processes of the wallet were killed and started again', async () => {
      await restartWallets(grid());
      await hearTheSame(1);
    });

    it('its database was lost, and restored from Kafka', async () => {
      await loseAndRestore(grid());
      await hearTheSame(3);
      expect((await grid().tokengrid('verify', 'wallet')).exitCode).toBe(0);
    });
  });
}
