import { TokensSent, TransferRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from './expire-due.ts';
import { expireDue } from './expire-due.ts';
import { burnDown, isTransferable, lotsTaken, parcelsOf } from './lots.ts';
import { availableAccount, laneAccount, moveTokens } from './postings.ts';
import { refusalOf } from './transferable.ts';
import type { Wallet } from './wallet.ts';
import type { WalletLane } from './wallet-lane.ts';

export interface SendTokens {
  readonly transferId: string;
  readonly toWalletId: string;
  readonly tokens: bigint;
  readonly memo?: string | undefined;
  /** Whether the receiving wallet was there when the request came. */
  readonly receiverKnown: boolean;
}

/**
 * Sends tokens to another wallet. Only transferable lots count. Refused, in this order, where there is no such wallet and for what
 * those lots do not cover.
 */
export function sendTokens(state: Wallet, transfer: SendTokens, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const { transferId, toWalletId, tokens, memo } = transfer;
  const asked = { walletId, transferId, toWalletId, tokens };
  if (!transfer.receiverKnown) return [...expired, TransferRefused({ ...asked, code: 'NOT_FOUND' })];
  const refusal = refusalOf(wallet, tokens);
  if (refusal) return [...expired, TransferRefused({ ...asked, ...refusal })];
  const taken = burnDown(wallet.lots, tokens, isTransferable);
  const postings = moveTokens(tokens, availableAccount(walletId), laneAccount(context.lane, 'in-transit'));
  const words = memo === undefined ? {} : { memo };
  return [...expired, TokensSent({ ...asked, ...words, lots: lotsTaken(taken), parcels: parcelsOf(taken), postings })];
}
