import { describe, expect, it } from '@jest/globals';
import { MemberSet, SpendLimitsSet, TokensSent, TransferReturned, type WalletEvent } from '@tokengrid/contracts';
import {
  available,
  context,
  from,
  given,
  lotOf,
  opened,
  otherWalletId,
  purchased,
  purchaseId,
  sentOn,
  to,
  today,
  transferId,
  walletId,
} from './examples.fixture.ts';
import { returnTransfer } from './return-transfer.ts';
import { roomUnderCaps, roomUnderLimits, spendingRefusal, spentBy } from './spending.ts';
import { tradeOf } from './trade.ts';
import { mustBeOpen } from './wallet.ts';

const setTo = (memberId: string, daily: bigint) => MemberSet({ walletId, memberId, daily });
const sentBy = (memberId: string, tokens: bigint, day = today) =>
  TokensSent({
    ...{ walletId, transferId, toWalletId: otherWalletId, tokens, day, timeZone: 'UTC', memberIds: [memberId] },
    lots: [{ lotId: purchaseId, tokens }],
    parcels: [{ tokens, expiresAt: null }],
    postings: [from(available, tokens), to('lane:0:in-transit', tokens)],
  });

describe('return transfer', () => {
  it('gives declined tokens back as a refund', () => {
    const transfer = { transferId, toWalletId: otherWalletId, tokens: 70n, sentOn, code: 'WALLET.NOT_OPEN' };
    given(opened)
      .when(returnTransfer, { ...transfer, isVoucher: false, parcels: [{ tokens: 70n, expiresAt: null }] }, context)
      .then(
        TransferReturned({
          walletId,
          ...transfer,
          lots: [
            { lotId: transferId, source: 'refund', tokens: 70n, priority: 50, expiresAt: null, transferable: true },
          ],
          postings: [from('lane:0:in-transit', 70n), to(available, 70n)],
        }),
      );
  });

  const member = `org_${'7'.repeat(26)}`;
  const limits = [SpendLimitsSet({ walletId, daily: 100n, monthly: 150n, alertsAt: [] }), setTo(member, 90n)];
  const back = (day: string, memberIds: string[] = [member]) =>
    TransferReturned({
      ...{ walletId, transferId, toWalletId: otherWalletId, tokens: 60n, sentOn: { day, timeZone: 'UTC' }, memberIds },
      ...{ code: 'WALLET.CLOSED', lots: [lotOf(transferId, 'refund', 60n)] },
      postings: [from('lane:0:in-transit', 60n), to(available, 60n)],
    });
  const left = (day: string, ...history: WalletEvent[]) => {
    const wallet = mustBeOpen(given(opened, purchased(1000n), ...limits, ...history).state);
    return {
      own: spendingRefusal(wallet, 1000n, day, undefined),
      members: wallet.members.map(({ spent }) => spentBy(spent, day)),
      market: tradeOf(wallet, day).sent,
      room: [roomUnderLimits(wallet, day), roomUnderCaps(wallet, member, day)],
    };
  };

  it('gives limits back what was sent: the wallet’s, the member’s and the market’s, of that day and month', () => {
    expect(left(today, sentBy(member, 60n))).toMatchObject({ market: 60n, room: [40n, 30n] });
    expect(left(today, sentBy(member, 60n), back(today))).toEqual(left(today));
  });

  it('gives nothing back of a day that is over, but of its month', () => {
    const after = left('2026-01-02', sentBy(member, 60n), sentBy(member, 20n, '2026-01-02'), back(today));
    expect(after).toMatchObject({
      ...{ market: 20n, room: [80n, 70n], own: { limit: 'daily', available: 80n } },
      members: [{ day: '2026-01-02', onDay: 20n, inMonth: 20n }],
    });
  });

  it('gives nothing back of a month that is over', () => {
    const history = [sentBy(member, 60n), sentBy(member, 20n, '2026-02-01')];
    expect(left('2026-02-01', ...history, back(today))).toEqual(left('2026-02-01', ...history));
  });

  it('gives back what came back before anything else was sent in the month', () =>
    expect(left('2026-01-02', sentBy(member, 60n), back(today))).toEqual(left('2026-01-02')));
});
