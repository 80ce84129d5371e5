import type { WalletLot } from '../state/lots.ts';
import { isTransferable, sumOf } from '../state/lots.ts';
import type { OpenedWallet } from '../state/wallet.ts';

/** Why tokens cannot leave a wallet for another owner. */
export interface NotTransferable {
  readonly code: 'WALLET.INSUFFICIENT_TOKENS' | 'WALLET.NOT_TRANSFERABLE';
  /** µAIT that could be sent or sold. */
  readonly available: bigint;
  readonly required: bigint;
}

/**
 * Whether the transferable lots cover what is to be sent or sold; if not, why. `NOT_TRANSFERABLE`
 * where the wallet has enough and none of it may leave, else `INSUFFICIENT_TOKENS`.
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
