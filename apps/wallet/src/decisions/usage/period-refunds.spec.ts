import { describe, expect, it } from '@jest/globals';
import {
  type EventOf,
  MemberSet,
  mostReturned,
  type SignedShare,
  VoucherIssued,
  WalletCharged,
  type WalletEvent,
} from '@tokengrid/contracts';
import { fold } from '@tokengrid/kernel';
import fc from 'fast-check';
import { chargeOf, context, made, now, opened, partyId, purchased, use, walletId } from '../examples.fixture.ts';
import {
  givenBack,
  type KnownPeriod,
  leftOf,
  periodAfter,
  periodKeyOf,
  periodNamed,
  unknownPeriod,
} from '../rules/period-account.ts';
import type { StatedUse } from '../rules/stated-uses.ts';
import { afterCharged, type KnownUse, unknownUse, useKeyOf, useMark } from '../rules/use-so-far.ts';
import { FactNeeded } from '../state/facts.ts';
import { sumOf } from '../state/lots.ts';
import { type OpenedWallet, wallet } from '../state/wallet.ts';
import { chargeWallet, type ChargeWallet, NothingToCharge } from './charge-wallet.ts';

type Charged = EventOf<typeof WalletCharged>;
const countsIn = { subscriptionId: `sbn_${'4'.repeat(26)}`, from: '2026-01-01T00:00:00.000Z' };
const period = periodNamed(countsIn);
const numbered = (number: number) => String(number).padStart(26, '0');
const dayMs = 86_400_000;

/** The n-th use of the period; the developer gives what the operator does not. */
function counted(number: number, tokens: bigint, over: Partial<StatedUse> = {}): StatedUse {
  const fee = tokens / 10n;
  const shares: SignedShare[] = [
    { role: 'operator', partyId: 'operator', tokens: fee },
    { role: 'developer', partyId, tokens: tokens - fee },
  ];
  const of = { usageId: `usg_${numbered(number)}`, chargeId: `chg_${numbered(number)}`, eventId: String(number) };
  const line = {
    of: 'app:translate:team',
    kind: 'period' as const,
    meter: 'requests',
    before: '0',
    after: '1',
    tokens,
  };
  return { ...use(tokens, of), lines: [line], shares, countsIn, priceVersion: 'app:translate:team@1', ...over };
}

/** A wallet with its events; what it has to do with the period and its uses is looked up. */
class History {
  readonly events: WalletEvent[] = [];
  known: KnownPeriod = unknownPeriod;
  private readonly uses = new Map<string, KnownUse>();
  time = now;

  constructor(...events: readonly WalletEvent[]) {
    this.events.push(...events);
  }

  get state(): OpenedWallet {
    return fold(wallet, this.events) as OpenedWallet;
  }

  charge(...uses: readonly StatedUse[]): Charged {
    return this.handle(chargeOf(...uses.map((each) => ({ use: each }))));
  }

  /** The next correction of a use, by this difference. */
  correct(of: StatedUse, tokens: bigint): Charged {
    const last = this.uses.get(useKeyOf(of.usageId))?.number;
    const number = (last ?? 0) + 1;
    const chargeId = `chg_${String(number).padStart(13, '0')}${of.usageId.slice(-13)}`;
    const use = { ...counted(0, tokens), usageId: of.usageId, eventId: of.eventId, chargeId, number };
    return this.handle(chargeOf({ use, corrects: { after: last ?? 0, was: last === undefined ? 0n : 1n } }));
  }

  /** What another event left of a use to give back. */
  rest(use: StatedUse): Charged {
    return this.handle({ partyId, uses: [{ use }] });
  }

  collect(usageId: string, chargeId: string): void {
    try {
      this.handle({ partyId, uses: [], waiting: [{ usageId, chargeId }] });
    } catch (error) {
      if (!(error instanceof NothingToCharge)) throw error;
    }
  }

  private handle(command: Omit<ChargeWallet, 'usesSoFar'>): Charged {
    const found = (key: string) => (key === periodKeyOf(period) ? this.known.mark : this.uses.get(key)?.mark);
    const usesSoFar = new Map(Array.from(this.uses, ([key, each]) => [`usg_${key}`, each]));
    for (const {
      use: { usageId },
    } of command.uses)
      if (!usesSoFar.has(usageId)) usesSoFar.set(usageId, unknownUse);
    const asked = { ...command, usesSoFar, periodsSoFar: new Map([[period, this.known]]) };
    const decided = chargeWallet(this.state, asked, { ...context, time: this.time, found });
    const events = decided.flatMap((event): WalletEvent[] => ('type' in event ? [event as WalletEvent] : []));
    for (const event of events) this.take(event);
    return events.find(({ type }) => type === 'WalletCharged') as Charged;
  }

  private take(event: WalletEvent): void {
    this.events.push(event);
    if (event.type !== 'WalletCharged') return;
    expect(WalletCharged.fits(event.data)).toBe(true);
    const mark = useMark(this.events.length);
    this.known = { ...periodAfter(this.known, period, event.data), mark };
    for (const { usageId } of [...event.data.uses, ...event.data.refused, ...event.data.refunded]) {
      const before = this.uses.get(useKeyOf(usageId)) ?? unknownUse;
      this.uses.set(useKeyOf(usageId), { ...afterCharged(before, usageId, event.data), mark });
    }
  }
}

const waitingOf = ({ known }: History) => known.waiting.map(({ eventId, tokens }) => [eventId, tokens]);

describe('a use that makes its period cheaper', () => {
  it('gives back of the charges of its period, the last one first, and of no other use', () => {
    const history = new History(opened, purchased(50n, 'first'), purchased(500n, 'second'));
    history.charge(counted(1, 30n), counted(2, 40n));
    history.charge({ ...counted(3, 200n), countsIn: undefined });
    const { data } = history.charge(counted(4, -45n));
    expect(data).toMatchObject({
      ...{ tokens: 0n, givenBack: 45n, uses: [], refused: [] },
      refunded: [{ eventId: '4', tokens: 45n, shares: [{ tokens: -4n }, { tokens: -41n }], lines: [{ tokens: -45n }] }],
      postings: [{ account: 'lane:0:escrow' }, { account: `wallet:${walletId}:available`, amount: 45n }],
    });
    expect(history.state.lots.map(({ lotId, tokens }) => [lotId, tokens])).toEqual([
      ['first', 25n],
      ['second', 300n],
    ]);
    expect(history.state.spent.onDay).toBe(225n);
  });

  it('lowers what waits of its period before anything goes back, the last of it first', () => {
    const history = new History(opened, purchased(50n));
    history.charge(counted(1, 50n), counted(2, 30n), counted(3, 20n));
    expect(waitingOf(history)).toEqual([
      ['2', 30n],
      ['3', 20n],
    ]);
    const { data } = history.charge(counted(4, -35n));
    expect(data.refused).toMatchObject([
      { eventId: '2', tokens: 15n, required: 15n, setOffBy: counted(4, 0n).usageId, lines: [{}, { kind: 'set-off' }] },
    ]);
    expect(data.refunded).toMatchObject([
      { eventId: '3', tokens: 0n, setOffBy: counted(4, 0n).usageId },
      { eventId: '4', tokens: 0n, returned: [], lines: [{ tokens: -35n }, { kind: 'set-off', tokens: 35n }] },
    ]);
    expect(data.postings).toEqual([]);
    expect(waitingOf(history)).toEqual([['2', 15n]]);
    history.charge(counted(5, -25n));
    expect(waitingOf(history)).toEqual([]);
    expect(history.state.available).toBe(10n);
  });

  it('lowers what waits of a use whose model another party offers', () => {
    const history = new History(opened, purchased(90n));
    const providers = ['p', 'q'].map((letter) => `org_${letter.repeat(26)}`);
    const of = (providerId: string, tokens: bigint): SignedShare[] => [
      { role: 'operator', partyId: 'operator', tokens: tokens / 10n },
      { role: 'provider', partyId: providerId, tokens: tokens / 2n },
      { role: 'developer', partyId, tokens: tokens - tokens / 10n - tokens / 2n },
    ];
    history.charge(counted(1, 100n, { shares: of(providers[0]!, 100n) }));
    const { data } = history.charge(counted(2, -20n, { shares: of(providers[1]!, -20n) }));
    expect(data.refused[0]!.shares.map(({ partyId, tokens }) => [partyId, tokens])).toEqual([
      ...[
        ['operator', 8n],
        [providers[0]!, 50n],
        [partyId, 32n],
      ],
      [providers[1]!, -10n],
    ]);
  });

  it('counts with the uses of its own command, in their order', () => {
    const history = new History(opened, purchased(100n));
    const { data } = history.charge(counted(1, 60n), counted(2, -50n), counted(3, 85n), counted(4, 10n));
    expect(data).toMatchObject({ tokens: 145n, givenBack: 50n, refused: [{ eventId: '4' }] });
    expect(history.state).toMatchObject({ available: 5n });
  });

  it('leaves what this wallet has nothing for to another one, with its part of the shares', () => {
    const history = new History(opened, purchased(100n));
    history.charge(counted(1, 30n));
    const given = counted(2, -50n);
    const { data } = history.charge(given);
    const left = { tokens: 20n, shares: [{ tokens: -2n }, { tokens: -18n }] };
    expect(data.refunded).toMatchObject([{ tokens: 30n, shares: [{ tokens: -3n }, { tokens: -27n }], left }]);
    const rest = leftOf(given, data.refunded[0]!.left!);
    expect(rest).toMatchObject({ tokens: -20n, units: {}, lines: [{ kind: 'set-off', tokens: -20n }] });
    const other = new History(opened, purchased(100n));
    other.charge(counted(3, 90n));
    expect(other.charge(rest).data).toMatchObject({ givenBack: 20n, refunded: [{ tokens: 20n }] });
  });

  it('leaves a voucher its share of the smaller price, whatever its cap and its models', () => {
    const voucher = VoucherIssued({
      ...{ walletId, voucherId: `vch_${'1'.repeat(26)}`, tokens: 500n },
      lot: made({
        ...{ lotId: 'v', source: 'voucher' as const, tokens: 500n, priority: 10, expiresAt: null, transferable: false },
        voucher: { funder: 'operator', shareBps: 5000, capPerUse: 50n, models: ['some-model'] },
      }),
      postings: [],
    });
    const history = new History(opened, voucher, purchased(500n));
    history.charge(...[1, 2, 3, 4].map((number) => counted(number, 100n)));
    history.charge(counted(5, -200n, { model: undefined }));
    expect(history.state.lots.map(({ lotId, tokens }) => [lotId, tokens])).toEqual([
      ['v', 400n],
      ['pur_11111111111111111111111111', 400n],
    ]);
  });

  it('takes counters of the charges’ day back, of members too', () => {
    const key = `key_${'1'.repeat(26)}`;
    const history = new History(opened, purchased(500n), MemberSet({ walletId, memberId: key, daily: 300n }));
    history.events.push(
      chargeWallet(
        history.state,
        chargeOf({ use: counted(1, 100n), actor: { line: [key] } }),
        context,
      )[0] as WalletEvent,
    );
    history.known = { ...periodAfter(unknownPeriod, period, (history.events.at(-1) as Charged).data), mark: '1' };
    history.charge(counted(2, -70n));
    expect(history.state.spent.onDay).toBe(30n);
    expect(history.state.members[0]!.spent.onDay).toBe(30n);
  });

  it('needs the period as it is, and has one', () => {
    const history = new History(opened, purchased(100n));
    history.charge(counted(1, 30n));
    const command = chargeOf({ use: counted(2, -10n) });
    expect(() => chargeWallet(history.state, command, { ...context, found: () => '1' })).toThrow(FactNeeded);
    expect(() => history.charge({ ...counted(2, -10n), countsIn: undefined })).toThrow('of no period');
  });

  it('ends as many waiting uses as an event holds, and leaves the rest', () => {
    const waiting = Array.from({ length: 3 }, (_, index) => ({
      ...counted(index, 10n),
      ...{ code: 'WALLET.INSUFFICIENT_TOKENS' as const, available: 0n, required: 10n },
    }));
    const charges = [{ day: '2026-01-01', lots: [{ lotId: 'first', tokens: 50n }] }];
    const { lowered, refunded } = givenBack({ ...unknownPeriod, waiting, charges }, counted(9, -35n), [], 2);
    expect(lowered).toEqual([]);
    expect(refunded.map(({ tokens }) => tokens)).toEqual([0n, 0n, 0n]);
    expect(refunded.at(-1)!.left!.tokens).toBe(15n);
  });

  it('names as many lots as an event holds, and leaves the rest', () => {
    const lots = Array.from({ length: mostReturned + 1 }, (_, index) => ({
      day: new Date(now + index * dayMs).toISOString().slice(0, 10),
      lots: [{ lotId: 'first', tokens: 1n }],
    }));
    const terms = new Map([
      ['first', { lotId: 'first', source: 'purchase', priority: 50, expiresAt: null, transferable: true } as const],
    ]);
    const { refunded } = givenBack({ charges: lots, terms, waiting: [] }, counted(9, -600n), [], 2);
    expect(refunded).toMatchObject([{ tokens: BigInt(mostReturned), left: { tokens: 600n - BigInt(mostReturned) } }]);
  });
});

describe('a correction of a use that counts in a period', () => {
  it('gives back what its void makes others cheaper, though it was free itself', () => {
    const history = new History(opened, purchased(100n));
    history.charge(counted(2, 60n));
    const { data } = history.correct(counted(1, 0n), -60n);
    expect(data).toMatchObject({ givenBack: 60n, refunded: [{ eventId: '1', number: 1, tokens: 60n }] });
    expect(history.state.available).toBe(100n);
  });

  it('gives back more than its use cost, first of what waits of itself', () => {
    const history = new History(opened, purchased(70n));
    const [paid, waits, other] = [counted(1, 60n), counted(2, 30n), counted(3, 20n)];
    history.charge(paid, waits, other);
    const { data } = history.correct(waits, -35n);
    expect(data.refunded).toMatchObject([{ eventId: '2', number: 1, tokens: 0n }]);
    expect(waitingOf(history)).toEqual([['3', 15n]]);
    history.correct(waits, 4n);
    expect(history.state.available).toBe(6n);
    history.correct(paid, -79n);
    expect(waitingOf(history)).toEqual([]);
    expect(history.state.available).toBe(70n);
  });

  it('leaves a rest that lowers what waits of a later correction', () => {
    const history = new History(opened);
    const waits = counted(1, 20n);
    history.charge(waits);
    const { data } = history.correct(counted(2, 0n), -50n);
    history.correct(counted(2, 0n), 70n);
    expect(waitingOf(history)).toEqual([['2', 70n]]);
    const { usageId, number } = data.refunded.at(-1)!;
    const given = { ...counted(2, -50n), number, chargeId: `chg_${numbered(9)}` };
    const rested = history.rest(leftOf(given, data.refunded.at(-1)!.left!));
    expect(rested.data.refused).toMatchObject([{ usageId, number: 2, tokens: 40n, required: 40n, setOffBy: usageId }]);
    expect(rested.data.refunded).toMatchObject([{ usageId, number: 1, tokens: 0n, lines: [] }]);
    expect(rested.data.refunded[0]).not.toHaveProperty('left');
    expect(waitingOf(history)).toEqual([['2', 40n]]);
  });

  it('ends what waits of its use, and nothing else', () => {
    const history = new History(opened, purchased(10n));
    history.charge(counted(1, 30n), counted(2, 40n));
    expect(history.correct(counted(1, 30n), -30n).data).toMatchObject({ givenBack: 0n, refused: [] });
    expect(waitingOf(history)).toEqual([['2', 40n]]);
  });
});

describe('whatever uses a period has, and whatever comes between them', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('uses' as const),
      to: fc.array(fc.bigInt(0n, 400n), { minLength: 1, maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant('buy' as const), tokens: fc.bigInt(1n, 300n) }),
    fc.record({ kind: fc.constant('collect' as const) }),
    fc.record({ kind: fc.constant('other' as const), tokens: fc.bigInt(1n, 200n) }),
    fc.record({ kind: fc.constant('wait' as const) }),
  );

  it("what is charged and what waits come to the period's total with its shares, and no token is lost", () =>
    fc.assert(
      fc.property(fc.bigInt(1n, 600n), fc.array(step, { maxLength: 20 }), (had, steps) => {
        const history = new History(opened, purchased(had, 'had'));
        let [total, came, others, number] = [0n, had, 0n, 0];
        const stated = new Map<string, bigint>();
        const add = (shares: readonly SignedShare[], sign = 1n) => {
          for (const { role, tokens } of shares) stated.set(role, (stated.get(role) ?? 0n) + sign * tokens);
        };
        for (const [index, each] of steps.entries()) {
          if (each.kind === 'buy') {
            history.events.push(purchased(each.tokens, `lot-${index}`));
            came += each.tokens;
          } else if (each.kind === 'wait') history.time += dayMs;
          else if (each.kind === 'other') {
            others += history.charge({ ...counted(1000 + index, each.tokens), countsIn: undefined }).data.tokens;
          } else if (each.kind === 'collect') {
            for (const { usageId, chargeId } of history.known.waiting) history.collect(usageId, chargeId);
          } else {
            const uses = each.to.flatMap((to) => {
              const tokens = to - total;
              total = to;
              return tokens === 0n ? [] : [counted(++number, tokens)];
            });
            for (const { shares } of uses) add(shares);
            if (uses.length > 0) history.charge(...uses);
          }
        }
        const events = history.events.filter((event): event is Charged => event.type === 'WalletCharged');
        const mine = events.map(({ data }) => ({
          uses: data.uses.filter((each) => each.countsIn),
          refunded: data.refunded.filter((each) => each.countsIn),
        }));
        const charged = mine.reduce((sum, { uses, refunded }) => sum + sumOf(uses) - sumOf(refunded), 0n);
        const waiting = sumOf(history.known.waiting);
        expect(charged + waiting).toBe(total);
        expect(charged >= 0n).toBe(true);
        expect(history.state.available + charged + others).toBe(came);
        expect(history.state.available).toBe(sumOf(history.state.lots));
        for (const { uses, refunded } of mine) for (const { shares } of [...uses, ...refunded]) add(shares, -1n);
        for (const { shares } of history.known.waiting) add(shares, -1n);
        expect([...stated.values()].every((tokens) => tokens === 0n)).toBe(true);
        for (const { tokens, shares, lines } of [...mine.flatMap(({ uses }) => uses), ...history.known.waiting]) {
          expect([sumOf(shares), sumOf(lines)]).toEqual([tokens, tokens]);
        }
        for (const { tokens, shares, lines, left } of mine.flatMap(({ refunded }) => refunded)) {
          expect([sumOf(shares), sumOf(lines), left]).toEqual([-tokens, -tokens, undefined]);
        }
      }),
    ));
});
