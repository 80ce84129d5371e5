import { derivedId } from '@tokengrid/contracts';
import { type Handler, type ReferenceModel } from './model.ts';
import type { At, Consequences, ModelWallet, Refusal } from './state.ts';
import { onDay } from './state.ts';
import type { Asked, Money, Posted } from './asked.ts';
import { isCapped } from './actors.ts';
import { exhausted, issued } from './issuance.ts';
import { costOf, marketRefused, microPerAit } from './market.ts';
import { bought } from './pending.ts';

/** Tokens bought on the bill for a charge, with their price. */
interface TopUp {
  readonly tokens: bigint;
  readonly price: Money;
  readonly posted: Posted;
}

/**
 * rules "On to the bill": the most tokens that the price of the lack pays for; exactly the lack at
 * a price of 0.
 */
function topUpFor(lacking: bigint, posted: Posted): TopUp {
  const amount = costOf(lacking, posted);
  const tokens = posted.buy === 0n ? lacking : (amount * microPerAit) / posted.buy;
  return { tokens, price: { currency: posted.currency, amount }, posted };
}

/**
 * rules "On to the bill": if the lane's capacity does not cover them all, it buys as many as it
 * covers, at least the lack.
 */
function asRoomLets(model: ReferenceModel, topUp: TopUp, lacking: bigint, asked: Asked, at: At): TopUp | undefined {
  const { limit, room } = model.lanes[at.lane]!;
  if (limit === 0 || room >= topUp.tokens) return topUp;
  if (asked.capacityLeft === undefined) throw new Error(`lane ${at.lane} tops up ${topUp.tokens} of ${room} µAIT`);
  return room >= lacking ? { ...topUp, tokens: room } : undefined;
}

/** The purchase of a charge, or its refusal. */
interface ToppingUp {
  readonly refused?: Refusal;
  happens?(): Consequences;
}

/**
 * domain.md "When tokens run out": the purchase for a charge that the wallet does not cover, or its
 * refusal.
 */
export function toppingUp(
  model: ReferenceModel,
  wallet: ModelWallet,
  charge: Asked,
  lacking: bigint,
  at: At,
): ToppingUp {
  const { posted, policy } = charge.market;
  if (!posted) return { refused: { code: 'WALLET.NO_TOKEN_PRICE' } };
  const wanted = topUpFor(lacking, posted);
  const asked = { ...charge, policy, tokens: lacking };
  const refused =
    marketRefused(wallet, 'exhaustion', asked, at, wanted.price.amount) ??
    marketRefused(wallet, 'bill', asked, at, wanted.price.amount);
  if (refused) return { refused };
  const topUp = asRoomLets(model, wanted, lacking, charge, at);
  if (!topUp) return { refused: exhausted(model, asked, at)! };
  return { happens: () => toppedUp(model, wallet, charge, topUp, at) };
}

/**
 * What goes on to the bill counts as all that is on it, and under the cap of the wallet's policy.
 */
export function countOnBill(wallet: ModelWallet, { amount }: Money, { month }: At): void {
  for (const kind of ['bill', 'exhaustion'] as const) wallet.countedMonthly.push({ month, kind, amount });
}

function* toppedUp(
  model: ReferenceModel,
  wallet: ModelWallet,
  { chargeId }: Asked,
  { tokens, price, posted }: TopUp,
  at: At,
): Consequences {
  const { id: walletId } = wallet;
  countOnBill(wallet, price, at);
  const purchaseId = derivedId('pur', chargeId);
  const lot = bought(model, wallet, { id: purchaseId, tokens }, price, `wallet:${walletId}:bill`, at);
  const terms = { method: 'carrier-bill', price, priceVersion: posted.priceVersion, automatic: true };
  yield {
    type: 'TokensPurchased',
    data: { walletId, purchaseId, tokens, ...terms, ...onDay(at), status: 'completed', lot },
  };
  yield* issued(model, walletId, tokens, at);
}

/** rules "A capped key can't lift a cap": nor set the exhaustion policy. */
const setExhaustionPolicy: Handler = function* (model, asked) {
  const { walletId, action, monthlyCap } = asked;
  const wallet = model.wallet(walletId);
  if (isCapped(wallet, asked)) {
    return yield { type: 'ExhaustionPolicyRefused', data: { walletId, code: 'PERMISSION_DENIED' } };
  }
  wallet.exhaustion = { action, monthlyCap };
  yield { type: 'ExhaustionPolicySet', data: { walletId, action, monthlyCap } };
};

/** Handlers of the exhaustion policy, by command. */
export const exhaustionHandlers: Readonly<Record<string, Handler>> = { setExhaustionPolicy };
