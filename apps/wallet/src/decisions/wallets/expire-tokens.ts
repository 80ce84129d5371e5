import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/due.ts';
import { expireDue, NothingDue } from '../rules/due.ts';
import type { Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

/**
 * The clock's own command: lets expire what is due in a wallet that nobody has called.
 * @throws NothingDue
 */
export function expireTokens(state: Wallet, _command: object, context: DecisionContext<WalletLane>): Decided {
  const { expired } = expireDue(state, context);
  if (expired.length === 0) throw new NothingDue('nothing of this wallet is due');
  return expired;
}
