import { TokensSent, TransferRefused } from '@tokengrid/contracts';
import type { Actor } from '../rules/actors.ts';
import { alertsOf } from '../state/alerts.ts';
import { onDay } from '../state/calendar.ts';
import { onWallet } from '../rules/due.ts';
import { burnDown, isTransferable, lotsTaken, parcelsOf } from '../state/lots.ts';
import { sendingRefusal } from '../rules/market-limits.ts';
import type { MarketPolicy } from '../state/market-policies.ts';
import { availableAccount, laneAccount, moveTokens } from '../rules/postings.ts';
import { attributed, spendingRefusal } from '../rules/limits.ts';
import { spendingBarred } from '../rules/status.ts';
import { transferableRefusal } from '../rules/transferable.ts';

export interface SendTokens {
  readonly transferId: string;
  readonly toWalletId: string;
  readonly tokens: bigint;
  readonly memo?: string | undefined;
  /** True if the receiving wallet existed when the request arrived. */
  readonly receiverKnown: boolean;
  readonly policy: MarketPolicy;
  readonly actor?: Actor | undefined;
}

/**
 * Sends tokens of transferable lots to another wallet. Refusals, in order: no such receiver, a
 * sender frozen or closed, the operator's monthly limit on sending, limits on spending,
 * insufficient transferable tokens.
 */
export const sendTokens = onWallet('sendTokens', (wallet, transfer: SendTokens, context) => {
  const { walletId } = wallet;
  const { transferId, toWalletId, tokens, memo } = transfer;
  const asked = { walletId, transferId, toWalletId, tokens };
  if (!transfer.receiverKnown) return [TransferRefused({ ...asked, code: 'NOT_FOUND' })];
  const { day, timeZone } = onDay(context);
  const refusal =
    spendingBarred(wallet) ??
    sendingRefusal(wallet, tokens, day, transfer.policy) ??
    spendingRefusal(wallet, tokens, day, transfer.actor) ??
    transferableRefusal(wallet, tokens);
  if (refusal) return [TransferRefused({ ...asked, ...refusal })];
  const taken = burnDown(wallet.lots, tokens, isTransferable);
  const postings = moveTokens(tokens, availableAccount(walletId), laneAccount(context.lane, 'in-transit'));
  const words = memo === undefined ? {} : { memo };
  const lots = lotsTaken(taken);
  const by = attributed(wallet, transfer.actor);
  return [
    TokensSent({ ...asked, ...words, day, timeZone, ...by, lots, parcels: parcelsOf(taken), postings }),
    ...alertsOf(wallet, tokens, { day, timeZone }),
  ];
});
