import type { Checker } from '../checks/checker.ts';
import type { Directory } from './directory.ts';

/**
 * What those who ask something of the wallet find: each other, what was answered, and what there
 * is.
 */
export interface Stage {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly parties: readonly string[];
  /** Of somebody who never registers: what is sent to it comes back. */
  readonly strangersWallet: string;
  readonly directory: Directory;
  readonly checker: Checker;
  /** Whether parties keep what they get, in small parts, instead of spending it. */
  readonly hoards: boolean;
  id(prefix: string): string;
  /** Wallets in which something is due. */
  dueWallets(): readonly string[];
  /** µAIT of fees that each lane has. */
  lanesFees(): readonly bigint[];
}
