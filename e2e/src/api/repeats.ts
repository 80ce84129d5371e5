import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { operatorPartyId } from '@tokengrid/contracts';
import { decided } from '../repeats/approvals.ts';
import { loseAndRestore, restartWallets } from '../repeats/loss.ts';
import { asBatched, everyCommand, send } from '../repeats/script.ts';
import { type Answered } from '../repeats/stage.ts';
import { type Sent } from '../repeats/stage.ts';
import { eventually, hasStatus } from './eventually.ts';
import { type Party, registerSubscriber } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

/** Numbers of the operator's actions. */
interface Did {
  readonly approved: number;
  readonly rejected: number;
  readonly prices: number;
  readonly policies: number;
}

/** A key of another person of the operator, once both processes of the wallet know it. */
export async function anotherOperatorKey(grid: Tokengrid, name: string): Promise<string> {
  const path = `/v1/parties/${operatorPartyId}/api-keys`;
  const { body } = await grid.at('identity').post(path, grid.operatorKey, { name, scopes: ['*'] });
  const key = String(body['secret']);
  for (const one of grid.wallets) await eventually(() => one.get('/v1/approvals', key), hasStatus(200));
  return key;
}

/**
 * Repeats: a command sent many times is executed once and has one answer, for ever, through
 * restarts and losses.
 */
export function repeats(grid: () => Tokengrid): void {
  const answered: Answered[] = [];
  const sums = { available: 0n, held: 0n, allotted: 0n };
  let proposerKey: string;
  let approverKey: string;
  let operatorDid: Did;
  let party: Party;
  let other: Party;

  beforeAll(async () => {
    [party, other] = await Promise.all([registerSubscriber(grid()), registerSubscriber(grid())]);
    // For approvals the requester of a key is the same person: both of these got theirs from a
    // third.
    proposerKey = await anotherOperatorKey(grid(), 'proposer');
    approverKey = await anotherOperatorKey(grid(), 'approver');
    operatorDid = await whatTheOperatorDid();
  });

  /** Sends a command many times at once, over both processes; expects equal answers. */
  async function ask(command: Sent, times: number): Promise<Answered> {
    const answers = await Promise.all(
      Array.from({ length: times }, (_, index) => send(grid().wallets[index % 2]!, command)),
    );
    const [{ status, body }] = answers as [(typeof answers)[number]];
    for (const each of answers) expect({ status: each.status, body: each.body }).toEqual({ status, body });
    return { ...command, status, answer: body };
  }

  /** Expects for every command sent so far its first answer, and no second effect. */
  async function hearTheSame(times: number): Promise<void> {
    for (const { status, answer, ...command } of answered) {
      const again = await ask(command, times);
      expect({ ...command, status: again.status, answer: again.answer }).toEqual({ ...command, status, answer });
    }
    await expectOnce();
  }

  /** Numbers of proposals by outcome, and of prices and policies that came into force. */
  async function whatTheOperatorDid(): Promise<Did> {
    const get = (path: string) => grid().at('wallet').get(path, grid().operatorKey);
    const became = async (status: string) => (await get(`/v1/approvals?limit=1000&status=${status}`)).body['data'];
    return {
      approved: ((await became('approved')) as readonly unknown[]).length,
      rejected: ((await became('rejected')) as readonly unknown[]).length,
      prices: Number((await get('/v1/token-price')).body['priceVersion']),
      policies: Number((await get('/v1/market-policy')).body['version']),
    };
  }

  async function expectOnce(): Promise<void> {
    const { body } = await grid().at('wallet').get(`/v1/wallets/${party.walletId}`, party.key);
    expect(body).toMatchObject({ available: String(sums.available), held: String(sums.held) });
    const sent = BigInt(answered.filter(({ path, status }) => path.endsWith('/transfers') && status === 201).length);
    expect(await whatTheOperatorDid()).toEqual(operatorDid);
    await eventually(
      () => grid().at('wallet').get(`/v1/wallets/${other.walletId}`, other.key),
      ({ body }) => body['available'] === String(300n * sent),
    );
  }

  it.each([1, 3, 50])('every command, sent %i times at once, is done once', async (times) => {
    const more = await everyCommand({
      operatorKey: proposerKey,
      approverKey,
      party,
      other,
      ask: async (command) => {
        const one = await ask(command, times);
        expect([200, 201, 409]).toContain(one.status);
        answered.push(one);
        return one;
      },
    });
    sums.available += more.available + (sums.allotted === 0n ? more.allotted : 0n);
    sums.allotted = more.allotted;
    sums.held += more.held;
    const { approved, rejected, prices, policies } = operatorDid;
    operatorDid = {
      approved: approved + decided.approved,
      rejected: rejected + decided.rejected,
      prices: prices + decided.prices + 1,
      policies: policies + decided.policies + 1,
    };
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
