import { HoldExpired, PurchaseExpired, TokensExpired } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { freeCapacity, freeReserved } from './issuance.ts';
import type { WalletLot } from '../state/lots.ts';
import { lotsTaken, sumOf } from '../state/lots.ts';
import { availableAccount, heldAccount, laneAccount, moveTokens } from './postings.ts';
import { isResetDue, resetPlan } from './reset-plan.ts';
import { isOfParty } from '../state/vouchers.ts';
import { vouchersBack } from './returned-vouchers.ts';
import type { OpenedWallet, Wallet } from '../state/wallet.ts';
import { afterEvent, mustBeOpen } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided, Refusable } from './decided.ts';

/** A wallet with nothing due, and the events that made it so. */
interface UpToDate {
  readonly wallet: OpenedWallet;
  readonly expired: Decided;
}

const nothing: Decided = [];

/** A decision on a wallet in a lane, for a command by its name. */
export type DecideWallet<Data, Name extends string> = (
  state: Wallet,
  data: Data,
  context: DecisionContext<WalletLane>,
) => Decided<Extract<Name, Refusable>>;

/**
 * A decision on a wallet with nothing due. What is due by the lane's time expires first, so that no
 * expired token is spent; then `decide` states its events.
 * @param name the command's name, for logs and for its declared refusals
 * @param decide gets the wallet after and before the expiries
 * @throws WalletNotOpen
 * @throws NothingDue where there is nothing to state
 */
export function onWallet<const Name extends string, Data>(
  name: Name,
  decide: (
    wallet: OpenedWallet,
    data: Data,
    context: DecisionContext<WalletLane>,
    before: OpenedWallet,
  ) => Decided<Extract<Name, Refusable>>,
): DecideWallet<Data, Name> {
  const whole: DecideWallet<Data, Name> = (state, data, context) => {
    const before = mustBeOpen(state);
    const { wallet, expired } = expireDue(before, context);
    const decided = decide(wallet, data, context, before);
    if (expired.length > 0) return [...expired, ...decided];
    if (decided.length === 0) throw new NothingDue(`${name}: nothing of this wallet is due`);
    return decided;
  };
  Object.defineProperty(whole, 'name', { value: name });
  return whole;
}

/**
 * Expires what is due in a wallet, in order: holds, a plan's month, vouchers, other lots, unpaid
 * purchases. A held lot expires only on its return, because its use has begun.
 */
export function expireDue(wallet: OpenedWallet, context: DecisionContext<WalletLane>): UpToDate {
  if (!isAnythingDue(wallet, context.time)) return { wallet, expired: nothing };
  const lots = expireLots(returnVouchers(endPlanMonth(expireHolds(wallet, context.time), context), context), context);
  return expirePurchases(lots, context);
}

const isDueAt = (time: number) => (each: { readonly expiresAt: number | null }) =>
  each.expiresAt !== null && each.expiresAt <= time;

const isAnythingDue = (wallet: OpenedWallet, time: number) =>
  wallet.lots.some(isDueAt(time)) ||
  wallet.holds.some(isDueAt(time)) ||
  wallet.pending.some(isDueAt(time)) ||
  isResetDue(wallet, time);

function expireHolds(wallet: OpenedWallet, time: number): UpToDate {
  const { walletId } = wallet;
  const expired = wallet.holds.filter(isDueAt(time)).map(({ holdId, tokens, lots }) => {
    const postings = moveTokens(tokens, heldAccount(walletId), availableAccount(walletId));
    return HoldExpired({ walletId, holdId, tokens, lots: lotsTaken(lots), postings });
  });
  return { wallet: expired.reduce(afterEvent, wallet), expired };
}

function endPlanMonth({ wallet, expired }: UpToDate, context: DecisionContext<WalletLane>): UpToDate {
  const { walletId, plan } = wallet;
  if (!plan || !isResetDue(wallet, context.time)) return { wallet, expired };
  const over = resetPlan(wallet, plan, context);
  const gone = over.data.expired;
  const freed = gone === 0n ? [] : [freeCapacity(walletId, gone, context.system)];
  return { wallet: afterEvent(wallet, over), expired: [...expired, over, ...freed] };
}

/** Returns due vouchers of parties to their funders, with one event per funder. */
function returnVouchers({ wallet, expired }: UpToDate, { time, lane }: DecisionContext<WalletLane>): UpToDate {
  const { walletId } = wallet;
  const due = wallet.lots.filter((lot) => isOfParty(lot) && isDueAt(time)(lot));
  const returned = [...Map.groupBy(due, ({ voucher }) => voucher!.funder).values()].map((lots) =>
    vouchersBack(walletId, lots, lane),
  );
  return { wallet: returned.reduce(afterEvent, wallet), expired: [...expired, ...returned] };
}

function expireLots({ wallet, expired }: UpToDate, { time, lane, system }: DecisionContext<WalletLane>): UpToDate {
  const due = wallet.lots.filter(isDueAt(time)) as readonly WalletLot[];
  if (due.length === 0) return { wallet, expired };
  const { walletId } = wallet;
  const tokens = sumOf(due);
  const postings = moveTokens(tokens, availableAccount(walletId), laneAccount(lane, 'expired'));
  const event = TokensExpired({ walletId, tokens, lots: lotsTaken(due), postings });
  return {
    wallet: afterEvent(wallet, event),
    expired: [...expired, event, freeCapacity(walletId, tokens, system)],
  };
}

/** Expires purchases unpaid at their time limit; a later payment is credited then. */
function expirePurchases({ wallet, expired }: UpToDate, { time, system }: DecisionContext<WalletLane>): UpToDate {
  const { walletId } = wallet;
  const due = wallet.pending.filter(isDueAt(time));
  const events = due.map(({ purchaseId, tokens }) => PurchaseExpired({ walletId, purchaseId, tokens }));
  const stated = events.flatMap((event) => [event, freeReserved(walletId, event.data.tokens, system)]);
  return { wallet: events.reduce<OpenedWallet>(afterEvent, wallet), expired: [...expired, ...stated] };
}

/** Nothing is due or stated, because another decision on the wallet came before the clock's. */
export class NothingDue extends Error {
  override readonly name = 'NothingDue';
}
