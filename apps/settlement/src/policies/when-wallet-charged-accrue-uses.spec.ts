import { describe, expect, it } from '@jest/globals';
import type { EventOf, WalletCharged } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import type { EventStore } from '@tokengrid/event-store';
import { type Recorded, systemStreamId } from '@tokengrid/kernel';
import { AccruedBefore, accrueUses } from '../decisions/accruals/accrue-uses.ts';
import { use } from '../decisions/examples.fixture.ts';
import { SettlementLanes } from '../streams/settlement-lanes.ts';
import { WhenWalletChargedAccrueUses } from './when-wallet-charged-accrue-uses.ts';

type Charged = Recorded<EventOf<typeof WalletCharged>>;

const charged = (lane: number, sequence: number, uses: readonly unknown[], refunded: readonly unknown[] = []) =>
  ({ type: 'WalletCharged', lane, sequence, data: { uses, refunded } }) as unknown as Charged;
const reaction = () =>
  new Reaction('spec', {
    service: 'wallet',
    lane: 5,
    sequence: 7,
    type: 'WalletCharged',
    correlationId: 'spec',
    actor: 'spec',
  });

describe('when a wallet lane has charged uses', () => {
  const sent: unknown[] = [];
  const policy = (answer: () => Promise<unknown> = () => Promise.resolve('done')) => {
    sent.length = 0;
    const handle = (...[decide, { streamId, data }]: [unknown, { streamId: string; data: unknown }]) => {
      sent.push([decide, streamId, data]);
      return answer();
    };
    const store = { lanes: 3, streams: () => ({ handle }) } as unknown as EventStore<never, undefined>;
    return new WhenWalletChargedAccrueUses(new SettlementLanes(store));
  };

  it('accrues them in the lane that follows the wallet’s, all charges of a read at once', async () => {
    const read = [charged(5, 7, [use]), charged(5, 8, []), charged(5, 9, [use, use])];
    expect(await policy().accrueUses(read, reaction())).toBe('done');
    const charges = [
      { sequence: 7, uses: [use] },
      { sequence: 9, uses: [use, use] },
    ];
    expect(sent).toEqual([[accrueUses, systemStreamId(2, 3), { walletLane: 5, charges }]]);
  });

  it('takes refunds with a minus, beside what the same event charges', async () => {
    const shares = use.shares.map((share) => ({ ...share, tokens: -share.tokens }));
    const refund = { ...use, number: 1, shares };
    await policy().accrueUses([charged(5, 8, [use], [refund]), charged(5, 9, [], [refund])], reaction());
    const back = { ...refund, tokens: -use.tokens };
    const charges = [
      { sequence: 8, uses: [use, back] },
      { sequence: 9, uses: [back] },
    ];
    expect(sent).toEqual([[accrueUses, systemStreamId(2, 3), { walletLane: 5, charges }]]);
  });

  it('has nothing to do where all uses were refused', async () => {
    await policy().accrueUses([charged(5, 8, [])], reaction());
    expect(sent).toEqual([]);
  });

  it('is done where the lane has accrued them before, and fails with any other error', async () => {
    const failing = (error: Error) =>
      policy(() => Promise.reject(error)).accrueUses([charged(5, 7, [use])], reaction());
    expect(await failing(new AccruedBefore('before'))).toBeUndefined();
    await expect(failing(new Error('a fault'))).rejects.toThrow('a fault');
  });
});
