import type { Expected, ModelWallet } from './model.ts';
import { burn, type ModelLot, totalOf } from './model-lots.ts';

const sellable = ({ lots }: ModelWallet) => lots.filter((lot) => lot.sellable);

/** Why tokens may not leave for another owner, if so. */
export function leavingRefused(wallet: ModelWallet, required: bigint): Expected['data'] | undefined {
  const available = totalOf(sellable(wallet));
  if (available >= required) return undefined;
  const barred = available === 0n && totalOf(wallet.lots) >= required;
  return { code: barred ? 'WALLET.NOT_TRANSFERABLE' : 'WALLET.INSUFFICIENT_TOKENS', available, required };
}

/** Takes only what may leave. */
export function burnSellable(wallet: ModelWallet, tokens: bigint): ModelLot[] {
  const staying = wallet.lots.filter((lot) => !lot.sellable);
  const leaving = sellable(wallet);
  const taken = burn(leaving, tokens);
  wallet.lots.splice(0, wallet.lots.length, ...staying, ...leaving);
  return taken;
}
