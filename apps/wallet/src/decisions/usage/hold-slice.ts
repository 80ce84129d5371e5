import { HoldPlaced, HoldRefused, instantOf } from '@tokengrid/contracts';
import { actorRefusal, membersBound, saidOf } from '../rules/actors.ts';
import type { Refusal } from '../rules/decided.ts';
import { onWallet } from '../rules/due.ts';
import { capRefusal, demandsOf, limitRefusal } from '../rules/limits.ts';
import { neededElsewhere } from '../rules/recalled-slices.ts';
import { spendingBarred } from '../rules/status.ts';
import { holdIdOfSlice, mostOpenHolds } from '../state/holds.ts';
import {
  grantedSlice,
  grantOf,
  leastGranted,
  neededBy,
  refusedSlice,
  type SliceToHold,
  takenBy,
} from './slice-grant.ts';

/**
 * Holds tokens for a slice: what is wanted, within what is available and every limit that binds a
 * use.
 *
 * Refusals, in order: a frozen or closed wallet, too many open holds, limits on spending,
 * insufficient tokens. Slices of other processes are called back where they have what is lacking.
 * Where some uses cost nothing, none are needed: the hold has 0, and a freeze reaches it.
 */
export const holdSlice = onWallet('holdSlice', (wallet, asked: SliceToHold, context) => {
  const { walletId } = wallet;
  const { sliceId, gatewayId, actor } = asked;
  const refused = (refusal: Refusal<'holdSlice'>) => HoldRefused({ ...refusedSlice(asked, wallet), ...refusal });
  const memberIds = membersBound(wallet, actor);
  const barred =
    spendingBarred(wallet) ??
    (wallet.holds.length >= mostOpenHolds ? ({ code: 'WALLET.TOO_MANY_HOLDS' } as const) : undefined) ??
    actorRefusal(wallet, actor);
  if (barred) return [refused(barred)];
  const day = context.calendar.dayOf(context.time);
  const required = leastGranted(asked);
  const limited = limitRefusal(wallet, required, day) ?? capRefusal(wallet, demandsOf(memberIds, required), day);
  if (limited) return [refused(limited), ...neededElsewhere(wallet, sliceId)];
  const grant = grantOf(wallet, asked, memberIds, context);
  if (grant.tokens < required) {
    const short = { code: 'WALLET.INSUFFICIENT_TOKENS', available: 0n, required: asked.tokens } as const;
    return [refused(short), ...neededElsewhere(wallet, sliceId)];
  }
  const placed = HoldPlaced({
    ...{ walletId, holdId: holdIdOfSlice(sliceId), tokens: grant.tokens },
    reason: `slice at ${gatewayId}`,
    ...saidOf(memberIds),
    expiresAt: instantOf(asked.expiresAt),
    slice: grantedSlice(asked, grant, wallet),
    ...takenBy(grant, walletId),
  });
  return [...grant.bought, placed, ...neededBy(wallet, asked, grant)];
});
