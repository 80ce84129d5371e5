import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from './expire-due.ts';
import { expireDue } from './expire-due.ts';
import type { Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

/** Nothing of the wallet is due: another decision about it came before the clock. Nothing is stated. */
export class NothingDue extends Error {
  override readonly name = 'NothingDue';
}

/**
 * The clock's own command: lets expire what is due in a wallet that nobody has called.
 * @throws NothingDue
 */
export function expireTokens(state: Wallet, _command: object, context: DecisionContext<WalletLane>): Decided {
  const { expired } = expireDue(state, context);
  if (expired.length === 0) throw new NothingDue('nothing of this wallet is due');
  return expired;
}
