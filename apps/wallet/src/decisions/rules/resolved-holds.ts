/** What was known of a hold when a command about it came. */
export interface KnownHold {
  readonly status: 'open' | 'captured' | 'released' | 'expired';
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Why nothing can be done any more about a hold that the wallet does not have open. */
export function codeOfGone(
  { status, expiresAt }: KnownHold,
  time: number,
): 'WALLET.HOLD_EXPIRED' | 'WALLET.HOLD_RESOLVED' {
  // It was open when the command came and is not any more: it ended meanwhile, by its time or by
  // another command.
  if (status === 'open') return expiresAt <= time ? 'WALLET.HOLD_EXPIRED' : 'WALLET.HOLD_RESOLVED';
  return status === 'expired' ? 'WALLET.HOLD_EXPIRED' : 'WALLET.HOLD_RESOLVED';
}
