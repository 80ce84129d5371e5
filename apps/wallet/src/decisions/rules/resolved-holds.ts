/** A hold as known when a command about it arrived. */
export interface KnownHold {
  readonly status: 'open' | 'captured' | 'released' | 'expired';
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The code for a hold that is not open in the wallet. */
export function codeOfGone(
  { status, expiresAt }: KnownHold,
  time: number,
): 'WALLET.HOLD_EXPIRED' | 'WALLET.HOLD_RESOLVED' {
  // The hold ended after the command arrived, by its expiry or by another command.
  if (status === 'open') return expiresAt <= time ? 'WALLET.HOLD_EXPIRED' : 'WALLET.HOLD_RESOLVED';
  return status === 'expired' ? 'WALLET.HOLD_EXPIRED' : 'WALLET.HOLD_RESOLVED';
}
