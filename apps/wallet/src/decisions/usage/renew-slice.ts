import { HoldExtended, HoldExtensionRefused, HoldReduced, instantOf } from '@tokengrid/contracts';
import { actorRefusal, membersBound, saidOf, together } from '../rules/actors.ts';
import type { Refusal } from '../rules/decided.ts';
import { onWallet } from '../rules/due.ts';
import { capRefusal, demandsOf, limitRefusal } from '../rules/limits.ts';
import { availableAccount, heldAccount, moveTokens } from '../rules/postings.ts';
import { neededElsewhere } from '../rules/recalled-slices.ts';
import { spendingBarred } from '../rules/status.ts';
import { holdOfSlice, type SliceHold } from '../state/holds.ts';
import { burnDown, least, lotsTaken } from '../state/lots.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import { afterEvent } from '../state/wallet.ts';
import {
  type Grant,
  grantedSlice,
  grantOf,
  leastGranted,
  neededBy,
  refusedSlice,
  type SliceToHold,
  takenBy,
} from './slice-grant.ts';

/**
 * Renews the hold of a slice: gives back what it has to spare, then adds what is wanted, or only
 * time.
 *
 * Refusals, in order, which leave the hold unchanged: an expired or released hold, a frozen or
 * closed wallet, limits on spending, insufficient tokens.
 */
export const renewSlice = onWallet('renewSlice', (wallet, asked: SliceToHold, context) => {
  const { sliceId, actor, tokens: wanted } = asked;
  const refused = (refusal: Refusal<'renewSlice'>) =>
    HoldExtensionRefused({ ...refusedSlice(asked, wallet), ...refusal });
  const hold = holdOfSlice(wallet, sliceId);
  if (!hold) {
    return [refused({ code: asked.expiresAt <= context.time ? 'WALLET.HOLD_EXPIRED' : 'WALLET.HOLD_RESOLVED' })];
  }
  const barred = spendingBarred(wallet) ?? actorRefusal(wallet, actor);
  if (barred) return [refused(barred)];
  const reduced = reducedBy(wallet, hold, asked.spare);
  const after = reduced.reduce(afterEvent, wallet);
  const memberIds = together(hold.memberIds, membersBound(wallet, actor));
  const day = context.calendar.dayOf(context.time);
  const required = leastGranted(asked);
  const limited = limitRefusal(after, required, day) ?? capRefusal(after, demandsOf(memberIds, required), day);
  if (limited) return [refused(limited), ...neededElsewhere(wallet, sliceId)];
  const grant = wanted === 0n ? onlyTime : grantOf(after, asked, memberIds, context);
  if (grant.tokens < required) {
    const short = { code: 'WALLET.INSUFFICIENT_TOKENS', available: 0n, required: wanted } as const;
    return [refused(short), ...neededElsewhere(wallet, sliceId)];
  }
  const left = holdOfSlice(after, sliceId)!;
  const { walletId } = wallet;
  const extended = HoldExtended({
    ...{ walletId, holdId: hold.holdId, tokens: grant.tokens, held: left.tokens + grant.tokens },
    ...saidOf(memberIds),
    expiresAt: instantOf(Math.max(hold.expiresAt, asked.expiresAt)),
    slice: grantedSlice(asked, grant, wallet),
    ...takenBy(grant, walletId),
  });
  return [...reduced, ...grant.bought, extended, ...neededBy(wallet, asked, grant)];
});

const onlyTime: Grant = { tokens: 0n, lots: [], bought: [], final: false };

/** What a hold has to spare goes back. */
function reducedBy({ walletId }: OpenedWallet, { holdId, tokens: held, lots }: SliceHold, spare: bigint) {
  const tokens = least(spare, held);
  if (tokens === 0n) return [];
  const back = lotsTaken(burnDown(lots, tokens, () => true));
  const postings = moveTokens(tokens, heldAccount(walletId), availableAccount(walletId));
  return [HoldReduced({ walletId, holdId, tokens, held: held - tokens, lots: back, postings })];
}
