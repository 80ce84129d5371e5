import { derivedId } from '@tokengrid/contracts';
import type { Asked, At, Consequences, Handler, ModelWallet, ReferenceModel } from './model.ts';
import { exhausted, issued } from './model-issuance.ts';
import { dayOf } from './model-lots.ts';
import { bought, marketRefused, monthOf, priceOf } from './model-market.ts';

/** What a charge buys because the wallet does not cover it: what of it happens, or why nothing does. */
export function toppingUp(model: ReferenceModel, wallet: ModelWallet, charge: Asked, lacking: bigint, at: At) {
  const { posted, policy } = charge.market;
  if (!posted) return { refused: { code: 'WALLET.NO_TOKEN_PRICE' } };
  const price = priceOf('buy', lacking, posted);
  if (price.amount > 10n ** 30n) return { refused: { code: 'WALLET.PRICE_TOO_LARGE' } };
  const asked = { ...charge, policy, tokens: lacking };
  const refused =
    marketRefused(wallet, 'exhaustion', asked, at, price.amount) ??
    marketRefused(wallet, 'bill', asked, at, price.amount) ??
    exhausted(model, asked, at);
  if (refused) return { refused };
  return { happens: () => toppedUp(model, wallet, charge, lacking, at) };
}

function* toppedUp(
  model: ReferenceModel,
  wallet: ModelWallet,
  { chargeId, market: { posted } }: Asked,
  tokens: bigint,
  at: At,
): Consequences {
  const { id: walletId } = wallet;
  const price = priceOf('buy', tokens, posted!);
  for (const kind of ['bill', 'exhaustion'] as const) {
    wallet.trades.push({ month: monthOf(at), kind, amount: price.amount });
  }
  const purchaseId = derivedId('pur', chargeId);
  const lot = bought(model, wallet, purchaseId, tokens, price, `wallet:${walletId}:bill`, at);
  const terms = { method: 'carrier-bill', price, priceVersion: posted!.priceVersion, automatic: true };
  yield {
    type: 'TokensPurchased',
    data: { walletId, purchaseId, tokens, ...terms, day: dayOf(at), timeZone: 'UTC', status: 'completed', lot },
  };
  yield* issued(model, walletId, tokens, at);
}

const setExhaustionPolicy: Handler = function* (model, { walletId, action, monthlyCap }) {
  model.wallet(walletId).exhaustion = { action, monthlyCap };
  yield { type: 'ExhaustionPolicySet', data: { walletId, action, monthlyCap } };
};

/** What happens when tokens run out, by the names of the decisions. */
export const exhaustionHandlers: Readonly<Record<string, Handler>> = { setExhaustionPolicy };
