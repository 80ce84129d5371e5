import type { ModelWallet, Refusal } from './state.ts';
import { burn, type ModelLot, totalOf } from './lots.ts';

const anySellable = (lot: ModelLot): boolean => lot.sellable;

/** Refusal of tokens that leave for another owner, if any. */
export function leavingRefused(
  wallet: ModelWallet,
  required: bigint,
  may: (lot: ModelLot) => boolean = anySellable,
): Refusal | undefined {
  const available = totalOf(wallet.lots.filter(may));
  if (available >= required) return undefined;
  const barred = available === 0n && totalOf(wallet.lots) >= required;
  return { code: barred ? 'WALLET.NOT_TRANSFERABLE' : 'WALLET.INSUFFICIENT_TOKENS', available, required };
}

/** Burns transferable tokens alone. */
export const burnLeaving = (
  wallet: ModelWallet,
  tokens: bigint,
  may: (lot: ModelLot) => boolean = anySellable,
): ModelLot[] => burn(wallet.lots, tokens, (lot) => (may(lot) ? lot.tokens : 0n));
