import type { Checker } from '../checks/checker.ts';
import type { Directory } from './directory.ts';

/** The world as clients see it: each other, earlier answers, and the state of things. */
export interface Stage {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly parties: readonly string[];
  /** Wallet of a party that never registers: transfers to it return. */
  readonly strangersWallet: string;
  readonly directory: Directory;
  readonly checker: Checker;
  /** True if parties keep tokens in small parts instead of spending them. */
  readonly hoards: boolean;
  id(prefix: string): string;
  /** Wallets with something due. */
  dueWallets(): readonly string[];
  /** µAIT of fees by lane. */
  lanesFees(): readonly bigint[];
}
