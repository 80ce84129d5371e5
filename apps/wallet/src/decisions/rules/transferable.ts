import type { WalletLot } from '../state/lots.ts';
import { isTransferable, sumOf } from '../state/lots.ts';
import type { OpenedWallet } from '../state/wallet.ts';

/** The refusal of a transfer or a sale. */
export interface NotTransferable {
  readonly code: 'WALLET.INSUFFICIENT_TOKENS' | 'WALLET.NOT_TRANSFERABLE';
  /** Transferable µAIT. */
  readonly available: bigint;
  readonly required: bigint;
}

/**
 * The refusal where the transferable lots do not cover an amount, if any. `NOT_TRANSFERABLE` for a
 * wallet with enough tokens, none of them transferable; otherwise `INSUFFICIENT_TOKENS`.
 */
export function transferableRefusal(
  wallet: OpenedWallet,
  required: bigint,
  eligible: (lot: WalletLot) => boolean = isTransferable,
): NotTransferable | undefined {
  const available = sumOf(wallet.lots.filter(eligible));
  if (available >= required) return undefined;
  const barred = available === 0n && wallet.available >= required;
  return { code: barred ? 'WALLET.NOT_TRANSFERABLE' : 'WALLET.INSUFFICIENT_TOKENS', available, required };
}
