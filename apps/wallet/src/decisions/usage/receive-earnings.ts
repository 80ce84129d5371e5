import { EarningsReceived } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { lasting, lotsOf } from '../state/lots.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { reopened } from '../rules/reopening.ts';
import type { Wallet } from '../state/wallet.ts';
import { mustBeOpen } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReceiveEarnings {
  readonly statementId: string;
  readonly partyId: string;
  readonly period: string;
  readonly timeZone: string;
  readonly tokens: bigint;
  /** The lane of the escrow that they come from. */
  readonly fromLane: number;
}

/**
 * Receives the earnings of a statement.
 * @throws WalletNotOpen until the party's registration has arrived: earnings wait and are never
 * declined
 */
export function receiveEarnings(
  state: Wallet,
  earnings: ReceiveEarnings,
  { lane }: DecisionContext<WalletLane>,
): Decided {
  const wallet = mustBeOpen(state);
  const { walletId, lots } = wallet;
  const { statementId, tokens } = earnings;
  const came = { lotId: statementId, source: 'earnings', transferable: true, parcels: lasting(tokens) } as const;
  const [lot] = lotsOf(lots, came);
  const postings = moveTokens(tokens, laneAccount(lane, 'in-transit'), availableAccount(walletId));
  return [...reopened(wallet), EarningsReceived({ ...earnings, walletId, lot: lot!, postings })];
}
