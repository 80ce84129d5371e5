import type { ChargedUse, LotTerms, RefundedUse, RefusedUse } from '@tokengrid/contracts';
import { mostUsesOfEvent, WalletCharged } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { afterDecided } from '../rules/after-decided.ts';
import { type Actor, membersBound, suspensionRefusal, saidOf, together as allOf } from '../rules/actors.ts';
import { alertsOf, withAlert } from '../state/alerts.ts';
import { type OnDay, onDay } from '../state/calendar.ts';
import type { Decided } from '../rules/decided.ts';
import { expireDue, onWallet } from '../rules/due.ts';
import { heldOf } from '../state/charges.ts';
import { chargedOutOf, holdOfSlice, type SliceHold } from '../state/holds.ts';
import { least, lotsTaken, sumOf, termsOf, type WalletLot } from '../state/lots.ts';
import { availableAccount, gathered, laneAccount, moveTokens } from '../rules/postings.ts';
import { attributed, capRefusal, chargeRefusal, demandsOf, limitRefusal } from '../rules/limits.ts';
import { afterRefund } from '../state/refunds.ts';
import { givenBack, periodAfter, periodNamed, type PeriodSoFar } from '../rules/period-account.ts';
import { reopened } from '../rules/reopening.ts';
import type { StatedUse } from '../rules/stated-uses.ts';
import { spendingBarred } from '../rules/status.ts';
import { type KnownUse, partsBack } from '../rules/use-so-far.ts';
import { type Due, dueOf, givesBackOfPeriod, knownPeriods, type UsesToCharge } from '../rules/uses-due.ts';
import { BurningLots } from '../rules/vouchers.ts';
import { afterSpending } from '../state/spending.ts';
import type { MarketTerms } from './top-up.ts';
import { topUp } from './top-up.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import { afterLane, type WalletLane } from '../state/wallet-lane.ts';

export interface ChargeWallet extends UsesToCharge {
  /** Payer of the uses. */
  readonly partyId: string;
  /** Id of the event that the uses are from; absent: they waited. */
  readonly ratedBy?: string | undefined;
  /** Terms, looked up only for a charge that needs them. */
  readonly market?: MarketTerms | undefined;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/** All that a command was to charge is charged, or waits as before: there is nothing to state. */
export class NothingToCharge extends Error {
  override readonly name = 'NothingToCharge';
}

/**
 * Charges the rated uses of one event, each by itself and in order: moves its whole cost into the
 * lane's escrow, or nothing. Vouchers in scope pay their share in burn order, other lots the rest.
 * A use of a slice is paid out of the slice's hold, whatever the wallet's status and limits are
 * by now; only what the hold lacks is taken from what is available, as for any use. What is refused
 * waits.
 *
 * A correction counts together with what waits of its use. If both come to nothing or less,
 * tokens go back into the lots that they were taken from, or into lots of their like, never more
 * than was charged for that very use; refunds come before charges. What returns expired expires.
 *
 * A use that makes its period cheaper gives back of the period's uses: it lowers what waits of
 * them, and returns tokens of what was charged, never more than that.
 *
 * The wallet was found for the use when it was charged first; a payer that has left it since is no
 * longer under a cap, and its uses are paid all the same.
 *
 * Where the wallet's policy is to buy, lacking tokens are bought first, and the purchase's refusals
 * apply. Refusals of a use, in order: a frozen or closed wallet, limits on spending, insufficient
 * tokens. Purchases are stated before the charge, alerts after it.
 * @throws FactNeeded marketTerms, for a purchase without looked-up terms
 * @throws FactNeeded capacity, for a purchase while the lane may still be granted more capacity
 * @throws FactNeeded uses, for a correction or a waiting use that is not looked up as it is
 * @throws FactNeeded periods, for a use that gives back of a period that is not
 * @throws NotYet for a correction before what it corrects
 * @throws NothingToCharge
 */
export const chargeWallet = onWallet('chargeWallet', (closed, charge: ChargeWallet, context) => {
  const due = dueOf(charge, context);
  const periods = knownPeriods(charge, due, context);
  const reopening = due.some(({ use }) => use.tokens < 0n) ? reopened(closed) : [];
  const wallet = afterDecided(closed, reopening);
  const run = new Charging(wallet, charge, context, periods);
  const toRefund = due.filter((each) => each.use.tokens <= 0n && !givesBackOfPeriod(each));
  for (const { use, known } of toRefund) run.refund(use, known!);
  run.begin();
  for (const each of due) {
    if (each.use.tokens > 0n) run.charge(each);
    else if (givesBackOfPeriod(each)) run.giveBack(each.use);
  }
  const { charged: uses, refused, refunded, bought, alerts } = run;
  if (uses.length + refused.length + refunded.length === 0) throw new NothingToCharge('nothing to charge');
  const { walletId } = wallet;
  const { partyId, ratedBy } = charge;
  const [tokens, givenBack] = [sumOf(uses), sumOf(refunded)];
  const held = heldOf(uses);
  const postings = [
    ...gathered(walletId, { available: tokens - held, held }, context.lane),
    ...moveTokens(givenBack, laneAccount(context.lane, 'escrow'), availableAccount(walletId)),
  ];
  const amounts = { tokens, givenBack, uses, refused, refunded, lotTerms: run.lotTerms };
  const event = WalletCharged({
    ...{ walletId, partyId, ...(ratedBy !== undefined && { ratedBy }) },
    ...{ ...amounts, ...onDay(context), postings },
  });
  const stated = [...reopening, ...bought, event, ...alerts];
  if (givenBack === 0n) return stated;
  return [...stated, ...expireDue(afterDecided(closed, stated), { ...context, system: run.system }).expired];
});

type Purchases = Decided<'chargeWallet'>;
type Refused = Pick<RefusedUse, 'code' | 'limit' | 'available' | 'required'>;

/**
 * The uses of one command, charged one after the other. The lots are burnt in place: a hundred uses
 * would otherwise copy them a hundred times.
 */
class Charging {
  readonly charged: ChargedUse[] = [];
  refused: RefusedUse[] = [];
  readonly refunded: RefundedUse[] = [];
  readonly bought: Purchases[number][] = [];
  readonly alerts: ReturnType<typeof alertsOf> = [];
  private readonly terms = new Map<string, LotTerms>();
  private readonly on: OnDay;
  /** Number of uses that give back of their periods. */
  private readonly givingBack: number;
  /** True for what another event left to give back. */
  private readonly isRest: boolean;
  private lots: BurningLots;
  /** Lots of holds, by slice. */
  private readonly held = new Map<string, BurningLots>();

  constructor(
    /** The wallet after the uses so far; its lots are in {@link lots}. */
    private wallet: OpenedWallet,
    private readonly marketTerms: Pick<ChargeWallet, 'market' | 'capacityLeft' | 'uses' | 'ratedBy'>,
    private context: DecisionContext<WalletLane>,
    /** Periods of which uses give something back, after the uses so far. */
    private readonly periods: Map<string, PeriodSoFar>,
  ) {
    this.on = onDay(context);
    this.givingBack = marketTerms.uses.filter(({ use }) => use.tokens < 0n).length;
    this.isRest = marketTerms.ratedBy === undefined;
    this.lots = new BurningLots(wallet.lots);
  }

  /** Terms of all lots that the uses took from or went back to. */
  get lotTerms(): LotTerms[] {
    return [...this.terms.values()];
  }

  /** The lane after the purchases. */
  get system(): WalletLane {
    return this.context.system;
  }

  /** Gives back what a use costs less; before {@link begin}. */
  refund(use: StatedUse, known: KnownUse): void {
    const tokens = -use.tokens;
    const returned = partsBack(known, use, tokens, this.wallet.lots);
    for (const { lots } of returned) for (const { lotId } of lots) this.terms.set(lotId, known.terms.get(lotId)!);
    this.wallet = afterRefund(this.wallet, { tokens, returned }, known.terms);
    const refund = { ...use, tokens, returned };
    this.refunded.push(refund);
    this.remember(use, { refunded: [refund] });
  }

  /** Begins to charge, with the refunded tokens that are not expired. */
  begin(): void {
    const { time } = this.context;
    this.lots = new BurningLots(this.wallet.lots.filter(({ expiresAt }) => expiresAt === null || expiresAt > time));
  }

  /** Gives back what a use makes its period cheaper. */
  giveBack(use: StatedUse): void {
    const name = periodNamed(use.countsIn!);
    const period = this.periods.get(name)!;
    const lots = this.lots.left;
    const { lowered, refunded } = givenBack(period, use, lots, this.mostEnded, this.isRest);
    const refund = refunded.at(-1)!;
    for (const { lots: back } of refund.returned)
      for (const { lotId } of back) this.terms.set(lotId, period.terms.get(lotId)!);
    this.wallet = afterRefund({ ...this.wallet, lots, available: sumOf(lots) }, refund, period.terms);
    this.begin();
    const changed = new Set([...lowered, ...refunded].map(({ usageId }) => usageId));
    this.refused = [...this.refused.filter(({ usageId }) => !changed.has(usageId)), ...lowered];
    this.refunded.push(...refunded);
    this.remember(use, { refused: lowered, refunded });
  }

  /** Waiting uses that one use may end, so that an event holds those of all. */
  private get mostEnded(): number {
    return Math.max(1, Math.floor(mostUsesOfEvent / this.givingBack));
  }

  /** Counts a use in its period, where others of the command give back of it. */
  private remember(
    { countsIn }: StatedUse,
    of: {
      readonly uses?: ChargedUse[];
      readonly refused?: readonly RefusedUse[];
      readonly refunded?: readonly RefundedUse[];
    },
  ): void {
    const name = countsIn && periodNamed(countsIn);
    const period = name === undefined ? undefined : this.periods.get(name);
    if (name === undefined || !period) return;
    const { uses = [], refused = [], refunded = [] } = of;
    const data = { uses, refused: [...refused], refunded: [...refunded], lotTerms: this.lotTerms, day: this.on.day };
    this.periods.set(name, periodAfter(period, name, data));
  }

  charge(due: Due): void {
    const { use, actor, waits } = due;
    const { tokens, slice } = use;
    const { wallet, on } = this;
    const hold = slice && holdOfSlice(wallet, slice.sliceId);
    if (hold) return this.chargeHeld(due, hold);
    const barred = spendingBarred(wallet) ?? chargeRefusal(wallet, tokens, on.day, actor) ?? this.lackFor(use);
    if (barred) return this.refuse(use, barred, waits);
    const taken = this.lots.burn(use, tokens);
    this.state(taken);
    const spentBy = attributed(wallet, actor);
    this.take({ ...use, ...spentBy, ...counted(due), lots: lotsTaken(taken) });
    this.spend(tokens, spentBy);
  }

  /**
   * Charges a use of a slice. Vouchers that pay a share of it pay that first, where the wallet may
   * spend; the hold pays the rest. It pays all of it where nothing may be taken beside it.
   */
  private chargeHeld(due: Due, hold: SliceHold): void {
    const { use, actor, waits } = due;
    const { tokens } = use;
    const lots = this.lotsOf(hold);
    const bound = membersBound(this.wallet, actor);
    const others = bound.filter((memberId) => !hold.memberIds.includes(memberId));
    // The hold counts against its own members already.
    const capped = capRefusal(this.wallet, demandsOf(others, tokens), this.on.day);
    if (capped) return this.refuse(use, capped, waits);
    const payable = least(lots.payableFor(use, tokens), tokens);
    const shared = this.lots.vouchersFor(use, tokens);
    let within = least(payable, tokens - least(shared, tokens));
    const barred = this.refusalBeside(use, actor, hold, tokens - within);
    if (barred && payable < tokens) return this.refuse(use, barred, waits);
    if (barred) within = tokens;
    const held = within === 0n ? [] : lots.burn(use, within);
    const beside = within === tokens ? [] : this.lots.burn(use, tokens, tokens - within);
    const spentBy = saidOf(allOf(hold.memberIds, others));
    this.state([...held, ...beside]);
    const out = lotsTaken(held);
    const all = { lots: lotsTaken(joined(held, beside)), ...(out.length > 0 && { held: out }) };
    this.take({ ...use, ...spentBy, ...counted(due), ...all });
    const { sliceId, report } = use.slice!;
    const taken = new Map(held.map((lot) => [lot.lotId, lot.tokens]));
    this.wallet = chargedOutOf(this.wallet, [{ sliceId, report, lots: taken }]);
    this.spend(tokens, spentBy);
  }

  /** The refusal of what is taken beside a hold, which is like any charge. */
  private refusalBeside(
    use: StatedUse,
    actor: Actor | undefined,
    { memberIds }: SliceHold,
    tokens: bigint,
  ): Refused | undefined {
    if (tokens === 0n) return undefined;
    const { wallet, on } = this;
    return (
      spendingBarred(wallet) ??
      suspensionRefusal(wallet, actor) ??
      limitRefusal(wallet, tokens, on.day) ??
      capRefusal(wallet, demandsOf(memberIds, tokens), on.day) ??
      this.lackFor(use, tokens)
    );
  }

  private lotsOf({ slice: { sliceId }, lots }: SliceHold): BurningLots {
    const known = this.held.get(sliceId);
    if (known) return known;
    const burning = new BurningLots(lots);
    this.held.set(sliceId, burning);
    return burning;
  }

  /** States the terms of lots once. */
  private state(lots: readonly WalletLot[]): void {
    for (const lot of lots) if (!this.terms.has(lot.lotId)) this.terms.set(lot.lotId, termsOf(lot));
  }

  private refuse(use: StatedUse, why: Refused, waits: true | undefined): void {
    if (waits) return;
    const refused = { ...use, ...why };
    this.refused.push(refused);
    this.remember(use, { refused: [refused] });
  }

  private take(charged: ChargedUse): void {
    this.charged.push(charged);
    this.remember(charged, { uses: [charged] });
  }

  /** Counts what a use cost. */
  private spend(tokens: bigint, spentBy: Pick<ChargedUse, 'memberIds'>): void {
    const { on } = this;
    for (const alert of alertsOf(this.wallet, tokens, on)) {
      this.alerts.push(alert);
      this.wallet = withAlert(this.wallet, alert.data);
    }
    this.wallet = afterSpending(this.wallet, { tokens, day: on.day, ...spentBy });
  }

  /**
   * The refusal for lacking tokens; undefined where there are enough, after a purchase if needed.
   */
  private lackFor(use: StatedUse, tokens = use.tokens): Refused | undefined {
    const available = this.lots.payableFor(use, use.tokens);
    if (available >= tokens) return undefined;
    if (this.wallet.exhaustion.action !== 'bill') {
      return { code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens };
    }
    return this.buy(tokens - available, use.chargeId);
  }

  private buy(lacking: bigint, chargeId: string): Refused | undefined {
    const lots = this.lots.left;
    const now = { ...this.wallet, lots, available: sumOf(lots) };
    const toppedUp = topUp(now, lacking, { ...this.marketTerms, chargeId }, this.context);
    if ('code' in toppedUp) return toppedUp;
    this.wallet = toppedUp.wallet;
    this.lots = new BurningLots(toppedUp.wallet.lots);
    this.bought.push(...toppedUp.bought);
    this.context = { ...this.context, system: afterLane(this.context.system, toppedUp.bought) };
    return undefined;
  }
}

/** Says so of a corrected use that nothing was charged for before. */
const counted = ({ use, known }: Due): Pick<ChargedUse, 'first'> =>
  use.number !== undefined && !known?.wasCharged ? { first: true } : {};

/** Lots of a hold and of the wallet, in which a lot may be in both. */
function joined(held: readonly WalletLot[], beside: readonly WalletLot[]): readonly WalletLot[] {
  if (beside.length === 0) return held;
  const byId = new Map(held.map((lot) => [lot.lotId, lot]));
  for (const lot of beside) byId.set(lot.lotId, { ...lot, tokens: lot.tokens + (byId.get(lot.lotId)?.tokens ?? 0n) });
  return [...byId.values()];
}
