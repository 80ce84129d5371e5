import { describe, expect, it } from '@jest/globals';
import {
  type EventOf,
  instantOf,
  MemberRemoved,
  MemberSet,
  SpendLimitsSet,
  VoucherIssued,
  type WalletCharged,
  WalletClosed,
  type WalletEvent,
  WalletFrozen,
} from '@tokengrid/contracts';
import { fold, NotYet } from '@tokengrid/kernel';
import fc from 'fast-check';
import {
  chargeOf,
  context,
  granted,
  grantId,
  hour,
  made,
  now,
  opened,
  partyId,
  purchased,
  purchaseId,
  today,
  use,
  walletId,
} from '../examples.fixture.ts';
import { afterCharged, type KnownUse, unknownUse, useKeyOf, useMark } from '../rules/use-so-far.ts';
import type { StatedUse } from '../rules/stated-uses.ts';
import { FactNeeded } from '../state/facts.ts';
import { sumOf } from '../state/lots.ts';
import { type OpenedWallet, wallet } from '../state/wallet.ts';
import { chargeWallet, type ChargeWallet, NothingToCharge } from './charge-wallet.ts';

type Charged = EventOf<typeof WalletCharged>;
const usageId = use(1n).usageId;

/** A wallet with its events, whose uses are looked up as the service does. */
class History {
  readonly events: WalletEvent[] = [];
  private readonly known = new Map<string, KnownUse>();
  time = now;

  constructor(...events: readonly WalletEvent[]) {
    for (const event of events) this.take(event);
  }

  get state(): OpenedWallet {
    return fold(wallet, this.events) as OpenedWallet;
  }

  /** Executes a charge; its event is the answer. */
  charge(command: Omit<ChargeWallet, 'usesSoFar'>): Charged {
    const found = (key: string) => this.known.get(key)?.mark;
    const usesSoFar = new Map(Array.from(this.known, ([key, use]) => [`usg_${key}`, use]));
    for (const {
      use: { usageId: id },
    } of command.uses)
      if (!usesSoFar.has(id)) usesSoFar.set(id, unknownUse);
    const decided = chargeWallet(this.state, { ...command, usesSoFar }, { ...context, time: this.time, found });
    const events = decided.flatMap((event): WalletEvent[] => ('type' in event ? [event as WalletEvent] : []));
    for (const event of events) this.take(event);
    return events.find(({ type }) => type === 'WalletCharged') as Charged;
  }

  /** The next correction of a use, by this difference. */
  correct(tokens: bigint, over: Partial<StatedUse> = {}): Charged {
    const id = over.usageId ?? usageId;
    const last = this.known.get(useKeyOf(id))?.number;
    const number = (last ?? 0) + 1;
    const corrects = { after: last ?? 0, was: last === undefined ? 0n : 1n };
    return this.charge(chargeOf({ use: correction(tokens, number, over), corrects }));
  }

  private take(event: WalletEvent): void {
    this.events.push(event);
    if (event.type !== 'WalletCharged') return;
    for (const { usageId: id } of [...event.data.uses, ...event.data.refused, ...event.data.refunded]) {
      const before = this.known.get(useKeyOf(id)) ?? unknownUse;
      const mark = useMark(this.events.length);
      this.known.set(useKeyOf(id), { ...afterCharged(before, id, event.data), mark });
    }
  }
}

const correction = (tokens: bigint, number: number, over: Partial<StatedUse> = {}): StatedUse => ({
  ...use(tokens),
  ...{ number, chargeId: `chg_${String(number).padStart(26, '0')}` },
  ...over,
});
const lotsOf = ({ state }: History) => state.lots.map(({ lotId, tokens }) => [lotId, tokens]);

describe('a refund', () => {
  it('returns the lots that were taken last, with their terms, out of the lane’s escrow', () => {
    const history = new History(opened, granted(50n, { transferable: false, expiresAt: now + hour }), purchased(100n));
    history.charge(chargeOf({ use: use(120n) }));
    const { data } = history.correct(-90n);
    expect(data).toMatchObject({
      ...{ tokens: 0n, givenBack: 90n, uses: [], refused: [] },
      refunded: [
        {
          ...{ usageId, number: 1, tokens: 90n },
          returned: [
            {
              day: today,
              lots: [
                { lotId: grantId, tokens: 20n, expiresAt: instantOf(now + hour) },
                { lotId: purchaseId, tokens: 70n },
              ],
            },
          ],
        },
      ],
      lotTerms: [
        { lotId: grantId, source: 'plan', priority: 10, transferable: false },
        { lotId: purchaseId, source: 'purchase', priority: 50, transferable: true },
      ],
      postings: [
        { account: 'lane:0:escrow', amount: -90n },
        { account: `wallet:${walletId}:available`, amount: 90n },
      ],
    });
    expect(lotsOf(history)).toEqual([
      [grantId, 20n],
      [purchaseId, 100n],
    ]);
    expect(history.state.available).toBe(120n);
  });

  it('is never more than was charged for that very use, though the wallet was charged more for others', () => {
    const history = new History(opened, purchased(1000n));
    history.charge(chargeOf({ use: use(100n) }, { use: use(500n, { usageId: `usg_${'2'.repeat(26)}` }) }));
    expect(() => history.correct(-101n)).toThrow('1 more than it was charged');
    history.correct(-60n);
    expect(() => history.correct(-41n)).toThrow('1 more than it was charged');
    history.correct(-40n);
    expect(history.state.available).toBe(500n);
  });

  it('is given once, whoever tells it how often', () => {
    const history = new History(opened, purchased(100n));
    history.charge(chargeOf({ use: use(100n) }));
    const first = chargeOf({ use: correction(-60n, 1), corrects: { after: 0, was: 100n } });
    history.charge(first);
    expect(() => history.charge(first)).toThrow(NothingToCharge);
    expect(history.state.available).toBe(60n);
  });

  it('waits for what it corrects, and is looked up again where another was there first', () => {
    const history = new History(opened, purchased(100n));
    const first = chargeOf({ use: correction(-60n, 1), corrects: { after: 0, was: 100n } });
    expect(() => history.charge(first)).toThrow(NotYet);
    history.charge(chargeOf({ use: use(100n) }));
    expect(() => history.charge(chargeOf({ use: correction(-60n, 2), corrects: { after: 1, was: 100n } }))).toThrow(
      NotYet,
    );
    const outdated = { ...unknownUse, mark: '1', number: 0 };
    const found = () => '2';
    expect(() =>
      chargeWallet(history.state, { ...first, usesSoFar: new Map([[usageId, outdated]]) }, { ...context, found }),
    ).toThrow(FactNeeded);
  });

  it('leaves a voucher no more than its share of the smaller price', () => {
    const voucher = VoucherIssued({
      ...{ walletId, voucherId: `vch_${'1'.repeat(26)}`, tokens: 500n },
      lot: made({
        ...{ lotId: 'v', source: 'voucher' as const, tokens: 500n, priority: 10, expiresAt: null, transferable: false },
        voucher: { funder: 'operator', shareBps: 5000 },
      }),
      postings: [],
    });
    const history = new History(opened, voucher, purchased(100n));
    history.charge(chargeOf({ use: use(100n) }));
    expect(lotsOf(history)).toEqual([
      ['v', 450n],
      [purchaseId, 50n],
    ]);
    history.correct(-50n);
    expect(lotsOf(history)).toEqual([
      ['v', 475n],
      [purchaseId, 75n],
    ]);
  });

  it('expires at once where its lot has: nobody spends it', () => {
    const history = new History(opened, granted(100n, { transferable: false, expiresAt: now + hour }));
    history.charge(chargeOf({ use: use(100n) }));
    history.time = now + 2 * hour;
    const other = { usageId: `usg_${'2'.repeat(26)}`, chargeId: `chg_${'2'.repeat(26)}` };
    const back = { use: correction(-100n, 1), corrects: { after: 0, was: 100n } };
    const { data } = history.charge(chargeOf(back, { use: use(10n, other) }));
    expect(data.refused).toMatchObject([{ ...other, code: 'WALLET.INSUFFICIENT_TOKENS', available: 0n }]);
    expect(history.events.at(-1)).toMatchObject({ type: 'TokensExpired', data: { tokens: 100n } });
    expect(history.state).toMatchObject({ available: 0n, lots: [] });
  });

  it('takes the counters of the charge’s day back, of the wallet and of its members, but of none set anew', () => {
    const caps = (memberId: string) => MemberSet({ walletId, memberId, daily: 1000n });
    const [stays, anew] = ['key_stays', 'key_anew'];
    const history = new History(opened, purchased(500n), caps(stays), caps(anew));
    history.charge(chargeOf({ use: use(100n), actor: { line: [stays, anew] } }));
    history.events.push(MemberRemoved({ walletId, memberId: anew }), caps(anew));
    history.correct(-70n);
    const spentBy = (id: string) => history.state.members.find(({ memberId }) => memberId === id)!.spent.onDay;
    expect(history.state.spent).toMatchObject({ onDay: 30n, inMonth: 30n });
    expect([spentBy(stays), spentBy(anew)]).toEqual([30n, 0n]);
  });

  it('is given to a wallet that is frozen, and reopens one that is closed', () => {
    const frozen = new History(opened, purchased(100n));
    frozen.charge(chargeOf({ use: use(100n) }));
    frozen.events.push(WalletFrozen({ walletId, by: 'operator', status: 'frozen' }) as WalletEvent);
    expect(frozen.correct(-40n).data.givenBack).toBe(40n);
    const closed = new History(opened, purchased(100n));
    closed.charge(chargeOf({ use: use(100n) }));
    closed.events.push(WalletClosed({ walletId, status: 'closed' }) as WalletEvent);
    closed.correct(-40n);
    expect(closed.events.slice(-2).map(({ type }) => type)).toEqual(['WalletReopened', 'WalletCharged']);
    expect(closed.state.available).toBe(40n);
  });
});

describe('a use that waits', () => {
  const waiting = () => {
    const history = new History(opened, purchased(50n));
    expect(history.charge(chargeOf({ use: use(80n) })).data.refused).toMatchObject([{ tokens: 80n }]);
    return history;
  };
  const waits = (chargeId = use(1n).chargeId) => ({ partyId, uses: [], waiting: [{ usageId, chargeId }] });

  it('is charged whole once tokens are there, and not twice', () => {
    const history = waiting();
    expect(() => history.charge(waits())).toThrow(NothingToCharge);
    history.events.push(purchased(30n, 'more'));
    const { data } = history.charge(waits());
    expect(data).toMatchObject({ tokens: 80n, uses: [{ usageId, tokens: 80n }], refused: [] });
    expect(data).not.toHaveProperty('ratedBy');
    expect(() => history.charge(waits())).toThrow(NothingToCharge);
  });

  it('is lowered by a correction, which gives nothing back', () => {
    const history = waiting();
    const { data } = history.correct(-30n);
    expect(data).toMatchObject({ tokens: 50n, givenBack: 0n, uses: [{ usageId, tokens: 50n, number: 1 }] });
    expect(history.state.available).toBe(0n);
    expect(() => history.charge(waits())).toThrow(NothingToCharge);
  });

  it('ends where a correction voids it, and nothing moves', () => {
    const history = waiting();
    const { data } = history.correct(-80n);
    expect(data).toMatchObject({
      tokens: 0n,
      givenBack: 0n,
      refunded: [{ usageId, tokens: 0n, returned: [] }],
      postings: [],
    });
    history.events.push(purchased(100n, 'more'));
    expect(() => history.charge(waits())).toThrow(NothingToCharge);
    expect(history.state.available).toBe(150n);
  });

  it('waits as one with what a correction adds', () => {
    const history = waiting();
    expect(history.correct(15n).data.refused).toMatchObject([{ usageId, tokens: 95n, number: 1 }]);
    history.events.push(purchased(45n, 'more'));
    expect(() => history.charge(waits())).toThrow(NothingToCharge);
    const { data } = history.charge(waits(correction(0n, 1).chargeId));
    expect(data.uses).toMatchObject([{ tokens: 95n, lines: [{ tokens: 95n }], shares: [{ tokens: 95n }] }]);
  });

  it('counts as a use when it is charged, though it was corrected before; and once', () => {
    const history = waiting();
    expect(history.correct(-30n).data.uses).toMatchObject([{ number: 1, first: true }]);
    history.correct(-50n);
    history.events.push(purchased(100n, 'more'));
    const [further] = history.correct(20n).data.uses;
    expect(further).toMatchObject({ number: 3, tokens: 20n });
    expect(further).not.toHaveProperty('first');
  });

  it('is barred by limits as any use is', () => {
    const history = waiting();
    history.events.push(purchased(100n, 'more'), SpendLimitsSet({ walletId, daily: 79n, alertsAt: [] }));
    expect(() => history.charge(waits())).toThrow(NothingToCharge);
  });
});

describe('whatever corrections a use has, and whatever comes between them', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('correct' as const), to: fc.bigInt(0n, 400n) }),
    fc.record({ kind: fc.constant('buy' as const), tokens: fc.bigInt(1n, 300n) }),
    fc.record({ kind: fc.constant('collect' as const) }),
    fc.record({ kind: fc.constant('other' as const), tokens: fc.bigInt(1n, 200n) }),
  );

  it('what is charged and what waits of it come to its last price, and no token is lost', () =>
    fc.assert(
      fc.property(fc.bigInt(1n, 400n), fc.bigInt(1n, 600n), fc.array(step, { maxLength: 14 }), (first, had, steps) => {
        const history = new History(opened, purchased(had, 'had'));
        let [price, came, others, number] = [first, had, 0n, 0];
        history.charge(chargeOf({ use: use(first) }));
        for (const [index, each] of steps.entries()) {
          const id = String(index + 1).padStart(26, '9');
          if (each.kind === 'buy') {
            history.events.push(purchased(each.tokens, `lot-${index}`));
            came += each.tokens;
          } else if (each.kind === 'other') {
            const of = { usageId: `usg_${id}`, chargeId: `chg_${id}` };
            others += history.charge(chargeOf({ use: use(each.tokens, of) })).data.tokens;
          } else if (each.kind === 'collect') {
            const chargeId = number === 0 ? use(1n).chargeId : correction(0n, number).chargeId;
            tried(() => history.charge({ partyId, uses: [], waiting: [{ usageId, chargeId }] }));
          } else if (each.to !== price) {
            history.correct(each.to - price);
            price = each.to;
            number += 1;
          }
        }
        const events = history.events.filter((event): event is Charged => event.type === 'WalletCharged');
        const mine = (uses: readonly { usageId: string; tokens: bigint }[]) =>
          sumOf(uses.filter((u) => u.usageId === usageId));
        const charged = events.reduce((sum, { data }) => sum + mine(data.uses) - mine(data.refunded), 0n);
        let waiting = 0n;
        for (const { data } of events) {
          const refused = data.refused.find((u) => u.usageId === usageId);
          if (refused) waiting = refused.tokens;
          else if ([...data.uses, ...data.refunded].some((u) => u.usageId === usageId)) waiting = 0n;
        }
        expect(charged + waiting).toBe(price);
        expect(charged >= 0n).toBe(true);
        expect(history.state.available + charged + others).toBe(came);
        expect(history.state.available).toBe(sumOf(history.state.lots));
        expect(history.state.spent.onDay).toBe(charged + others);
      }),
    ));
});

function tried(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof NothingToCharge)) throw error;
  }
}
