import type { ChargedUse, RefusedUse } from '@tokengrid/contracts';
import { WalletCharged } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { type Actor, actorRefusal, membersBound, saidOf, together } from '../rules/actors.ts';
import { alertsOf, withAlert } from '../state/alerts.ts';
import { type OnDay, onDay } from '../state/calendar.ts';
import type { Decided } from '../rules/decided.ts';
import { onWallet } from '../rules/due.ts';
import { heldOf } from '../state/charges.ts';
import { chargedOutOf, holdOfSlice, type SliceHold } from '../state/holds.ts';
import { least, lotsTaken, sumOf, type WalletLot } from '../state/lots.ts';
import { gathered } from '../rules/postings.ts';
import { attributed, capRefusal, demandsOf, limitRefusal, spendingRefusal } from '../rules/limits.ts';
import { spendingBarred } from '../rules/status.ts';
import { BurningLots } from '../rules/vouchers.ts';
import { afterSpending } from '../state/spending.ts';
import type { MarketTerms } from './top-up.ts';
import { topUp } from './top-up.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import { afterLane, type WalletLane } from '../state/wallet-lane.ts';

/** A rated use to charge. */
export interface UseToCharge {
  /** The use, with its price. */
  readonly use: Omit<ChargedUse, 'memberIds' | 'lots'>;
  /** The member or key that used it, if any. */
  readonly actor?: Actor | undefined;
}

export interface ChargeWallet {
  /** Payer of the uses. */
  readonly partyId: string;
  /** Id of the `UsageRated` event that the uses are from. */
  readonly ratedBy: string;
  /** In the order in which they were rated. */
  readonly uses: readonly UseToCharge[];
  /** Terms, looked up only for a charge that needs them. */
  readonly market?: MarketTerms | undefined;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/**
 * Charges the rated uses of one event, each by itself and in order: moves its whole cost into the
 * lane's escrow, or nothing. Vouchers in scope pay their share in burn order, other lots the rest.
 * A use of a slice is paid out of the slice's hold, whatever the wallet's status and limits are
 * by now; only what the hold lacks is taken from what is available, as for any use.
 *
 * Where the wallet's policy is to buy, lacking tokens are bought first, and the purchase's refusals
 * apply. Refusals of a use, in order: a frozen or closed wallet, limits on spending, insufficient
 * tokens. Purchases are stated before the charge, alerts after it.
 * @throws FactNeeded marketTerms, for a purchase without looked-up terms
 * @throws FactNeeded capacity, for a purchase while the lane may still be granted more capacity
 */
export const chargeWallet = onWallet('chargeWallet', (wallet, charge: ChargeWallet, context) => {
  const { walletId } = wallet;
  const { partyId, ratedBy } = charge;
  const run = new Charging(wallet, charge, context);
  for (const use of charge.uses) run.charge(use);
  const { charged: uses, refused, bought, alerts } = run;
  const tokens = sumOf(uses);
  const held = heldOf(uses);
  const postings = gathered(walletId, { available: tokens - held, held }, context.lane);
  return [
    ...bought,
    WalletCharged({ walletId, partyId, ratedBy, tokens, uses, refused, ...onDay(context), postings }),
    ...alerts,
  ];
});

type Purchases = Decided<'chargeWallet'>;
type Refused = Omit<RefusedUse, 'usageId' | 'chargeId' | 'tokens'>;

/**
 * The uses of one command, charged one after the other. The lots are burnt in place: a hundred uses
 * would otherwise copy them a hundred times.
 */
class Charging {
  readonly charged: ChargedUse[] = [];
  readonly refused: RefusedUse[] = [];
  readonly bought: Purchases[number][] = [];
  readonly alerts: ReturnType<typeof alertsOf> = [];
  private readonly on: OnDay;
  private lots: BurningLots;
  /** Lots of holds, by slice. */
  private readonly held = new Map<string, BurningLots>();

  constructor(
    /** The wallet after the uses so far; its lots are in {@link lots}. */
    private wallet: OpenedWallet,
    private readonly terms: Pick<ChargeWallet, 'market' | 'capacityLeft'>,
    private context: DecisionContext<WalletLane>,
  ) {
    this.on = onDay(context);
    this.lots = new BurningLots(wallet.lots);
  }

  charge({ use, actor }: UseToCharge): void {
    const { tokens, slice } = use;
    const { wallet, on } = this;
    const hold = slice && holdOfSlice(wallet, slice.sliceId);
    if (hold) return this.chargeHeld(use, actor, hold);
    const barred = spendingBarred(wallet) ?? spendingRefusal(wallet, tokens, on.day, actor) ?? this.lackFor(use);
    if (barred) return this.refuse(use, barred);
    const lots = lotsTaken(this.lots.burn(use, tokens));
    const spentBy = attributed(wallet, actor);
    this.charged.push({ ...use, ...spentBy, lots });
    this.spend(tokens, spentBy);
  }

  /**
   * Charges a use of a slice. Vouchers that pay a share of it pay that first, where the wallet may
   * spend; the hold pays the rest. It pays all of it where nothing may be taken beside it.
   */
  private chargeHeld(use: UseToCharge['use'], actor: Actor | undefined, hold: SliceHold): void {
    const { tokens } = use;
    const lots = this.lotsOf(hold);
    const bound = membersBound(this.wallet, actor);
    const others = bound.filter((memberId) => !hold.memberIds.includes(memberId));
    // The hold counts against its own members already.
    const capped = capRefusal(this.wallet, demandsOf(others, tokens), this.on.day);
    if (capped) return this.refuse(use, capped);
    const payable = least(lots.payableFor(use, tokens), tokens);
    const shared = this.lots.vouchersFor(use, tokens);
    let within = least(payable, tokens - least(shared, tokens));
    const barred = this.refusalBeside(use, actor, hold, tokens - within);
    if (barred && payable < tokens) return this.refuse(use, barred);
    if (barred) within = tokens;
    const held = within === 0n ? [] : lots.burn(use, within);
    const beside = within === tokens ? [] : this.lots.burn(use, tokens, tokens - within);
    const spentBy = saidOf(together(hold.memberIds, others));
    const out = lotsTaken(held);
    const all = { lots: lotsTaken(joined(held, beside)), ...(out.length > 0 && { held: out }) };
    this.charged.push({ ...use, ...spentBy, ...all });
    const { sliceId, report } = use.slice!;
    const taken = new Map(held.map((lot) => [lot.lotId, lot.tokens]));
    this.wallet = chargedOutOf(this.wallet, [{ sliceId, report, lots: taken }]);
    this.spend(tokens, spentBy);
  }

  /** The refusal of what is taken beside a hold, which is like any charge. */
  private refusalBeside(
    use: UseToCharge['use'],
    actor: Actor | undefined,
    { memberIds }: SliceHold,
    tokens: bigint,
  ): Refused | undefined {
    if (tokens === 0n) return undefined;
    const { wallet, on } = this;
    return (
      spendingBarred(wallet) ??
      actorRefusal(wallet, actor) ??
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

  private refuse({ usageId, chargeId, tokens, slice }: UseToCharge['use'], why: Refused): void {
    this.refused.push({ usageId, chargeId, tokens, ...(slice && { slice }), ...why });
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
  private lackFor(use: UseToCharge['use'], tokens = use.tokens): Refused | undefined {
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
    const toppedUp = topUp(now, lacking, { ...this.terms, chargeId }, this.context);
    if ('code' in toppedUp) return toppedUp;
    this.wallet = toppedUp.wallet;
    this.lots = new BurningLots(toppedUp.wallet.lots);
    this.bought.push(...toppedUp.bought);
    this.context = { ...this.context, system: afterLane(this.context.system, toppedUp.bought) };
    return undefined;
  }
}

/** Lots of a hold and of the wallet, in which a lot may be in both. */
function joined(held: readonly WalletLot[], beside: readonly WalletLot[]): readonly WalletLot[] {
  if (beside.length === 0) return held;
  const byId = new Map(held.map((lot) => [lot.lotId, lot]));
  for (const lot of beside) byId.set(lot.lotId, { ...lot, tokens: lot.tokens + (byId.get(lot.lotId)?.tokens ?? 0n) });
  return [...byId.values()];
}
