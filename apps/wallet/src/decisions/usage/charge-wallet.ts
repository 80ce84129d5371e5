import type { ChargedUse, RefusedUse } from '@tokengrid/contracts';
import { WalletCharged } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Actor } from '../rules/actors.ts';
import { alertsOf, withAlert } from '../state/alerts.ts';
import { type OnDay, onDay } from '../state/calendar.ts';
import type { Decided } from '../rules/decided.ts';
import { onWallet } from '../rules/due.ts';
import { lotsTaken, sumOf } from '../state/lots.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { attributed, spendingRefusal } from '../rules/limits.ts';
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
  const postings = moveTokens(tokens, availableAccount(walletId), laneAccount(context.lane, 'escrow'));
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
    const { usageId, chargeId, tokens } = use;
    const { wallet, on } = this;
    const barred = spendingBarred(wallet) ?? spendingRefusal(wallet, tokens, on.day, actor) ?? this.lackFor(use);
    if (barred) {
      this.refused.push({ usageId, chargeId, tokens, ...barred });
      return;
    }
    const lots = lotsTaken(this.lots.burn(use, tokens));
    const spentBy = attributed(wallet, actor);
    this.charged.push({ ...use, ...spentBy, lots });
    for (const alert of alertsOf(this.wallet, tokens, on)) {
      this.alerts.push(alert);
      this.wallet = withAlert(this.wallet, alert.data);
    }
    this.wallet = afterSpending(this.wallet, { tokens, day: on.day, ...spentBy });
  }

  /**
   * The refusal for lacking tokens; undefined where there are enough, after a purchase if needed.
   */
  private lackFor(use: UseToCharge['use']): Refused | undefined {
    const { tokens } = use;
    const available = this.lots.payableFor(use, tokens);
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
