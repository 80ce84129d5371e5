import { describe, expect, it } from '@jest/globals';
import {
  MemberRemoved,
  MemberSet,
  SpendLimitsSet,
  TokensSent,
  TransferReturned,
  type WalletEvent,
} from '@tokengrid/contracts';
import {
  available,
  context,
  from,
  given,
  placed,
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
} from '../examples.fixture.ts';
import { returnTransfer } from './return-transfer.ts';
import { spentBy } from '../state/spending.ts';
import { roomUnderCaps, roomUnderLimits, spendingRefusal } from '../rules/limits.ts';
import { monthlyTotalsOf } from '../state/monthly-totals.ts';
import { mustBeOpen } from '../state/wallet.ts';

const setTo = (memberId: string, daily: bigint) => MemberSet({ walletId, memberId, daily });
const sentBy = (memberId: string, tokens: bigint, day = today, id = transferId) =>
  TokensSent({
    ...{ walletId, transferId: id, toWalletId: otherWalletId, tokens, day, timeZone: 'UTC', memberIds: [memberId] },
    lots: [{ lotId: purchaseId, tokens }],
    parcels: [{ tokens, expiresAt: null }],
    postings: [from(available, tokens), to('lane:0:in-transit', tokens)],
  });

describe('return transfer', () => {
  it('gives declined tokens back as a refund', () => {
    const transfer = { transferId, toWalletId: otherWalletId, tokens: 70n, sentOn, code: 'WALLET.NOT_OPEN' as const };
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
  const backAs = (id: string, tokens: bigint, day: string) =>
    TransferReturned({
      ...{ walletId, transferId: id, toWalletId: otherWalletId, tokens, sentOn: { day, timeZone: 'UTC' } },
      ...{ memberIds: [member], code: 'WALLET.CLOSED', lots: [lotOf(id, 'refund', tokens)] },
      postings: [from('lane:0:in-transit', tokens), to(available, tokens)],
    });
  const back = (day: string) => backAs(transferId, 60n, day);
  const left = (day: string, ...history: WalletEvent[]) => {
    const wallet = mustBeOpen(given(opened, purchased(1000n), ...limits, ...history).state);
    return {
      own: spendingRefusal(wallet, 1000n, day, undefined),
      members: wallet.members.map(({ spent }) => spentBy(spent, day)),
      market: monthlyTotalsOf(wallet, day).sent,
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

  describe('to a member that was removed and set again', () => {
    const again = [sentBy(member, 60n), MemberRemoved({ walletId, memberId: member }), setTo(member, 90n)];
    const roomOnceBack = (day: string, ...since: WalletEvent[]) => left(day, ...again, ...since, back(today)).room[1];

    it('gives nothing back: it was counted when it was another member', () => {
      expect(left(today, ...again)).toMatchObject({ room: [40n, 90n] });
      expect(left(today, ...again, back(today))).toMatchObject({
        room: [100n, 90n],
        members: [{ onDay: 0n, inMonth: 0n }],
      });
    });

    it('gives nothing back of what it has spent since, either', () => {
      const other = `trf_${'9'.repeat(26)}`;
      expect(roomOnceBack(today, sentBy(member, 20n, today, other))).toBe(70n);
      expect(roomOnceBack('2026-01-02', sentBy(member, 20n, '2026-01-02', other))).toBe(70n);
    });

    it('gives back what it has sent since, on the same day and on the next one', () => {
      const other = `trf_${'9'.repeat(26)}`;
      const own = (day: string) => [sentBy(member, 20n, day, other), backAs(other, 20n, day)];
      expect(left(today, ...again, ...own(today)).room[1]).toBe(90n);
      expect(left('2026-01-02', ...again, ...own('2026-01-02')).room[1]).toBe(90n);
    });

    it('gives back where it was another one that was removed', () => {
      const other = `org_${'8'.repeat(26)}`;
      const history = [setTo(other, 10n), sentBy(member, 60n), MemberRemoved({ walletId, memberId: other })];
      expect(left(today, ...history, back(today)).room[1]).toBe(90n);
    });

    it('gives back what a hold of its own has kept counted', () => {
      const hold = placed([{ lotId: purchaseId, tokens: 10n }], { memberIds: [member] });
      const [sent, removed, set] = again as [WalletEvent, WalletEvent, WalletEvent];
      expect(left(today, sent, hold, removed, set).room[1]).toBe(20n);
      expect(left(today, sent, hold, removed, set, back(today)).room[1]).toBe(80n);
    });
  });
});
