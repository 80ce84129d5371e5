import { HoldsRecalled, type RecallReason, type WalletEvent } from '@tokengrid/contracts';
import type { Decide } from '@tokengrid/kernel';
import { type SliceHold, slicesOf } from '../state/holds.ts';
import { memberOrFormer } from '../state/spending.ts';
import type { OpenedWallet, Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { afterDecided } from './after-decided.ts';
import { roomUnderCaps, roomUnderLimits } from './limits.ts';
import { spendingBarred } from './status.ts';

type DecideWallet<Data> = Decide<Wallet, Data, WalletEvent, WalletLane>;

/**
 * Calls back the other slices of a wallet that still have tokens: nobody is refused while tokens
 * lie unused elsewhere.
 */
export const neededElsewhere = (wallet: OpenedWallet, sliceId: string) =>
  recallOf(
    wallet,
    'needed',
    slicesOf(wallet).filter(({ tokens, slice }) => tokens > 0n && slice.sliceId !== sliceId),
  );

function recallOf({ walletId }: OpenedWallet, reason: RecallReason, holds: readonly SliceHold[]) {
  const slices = holds
    .filter(({ slice }) => !slice.recalled)
    .map(({ slice: { sliceId, partyId } }) => ({ sliceId, partyId }));
  return slices.length === 0 ? [] : [HoldsRecalled({ walletId, reason, slices })];
}

const known = new WeakMap<object, unknown>();

/**
 * The decision with a recall of slices at its end, where their wallet may not spend any more.
 * Tokens that are held can be spent by whoever holds them, so the gateway has to be told whatever
 * the reason is, and this is the one place common to all of them.
 */
export function recallingSlices<Data>(decide: DecideWallet<Data>): DecideWallet<Data> {
  const found = known.get(decide) as DecideWallet<Data> | undefined;
  if (found) return found;
  const recalling: DecideWallet<Data> = (state, data, context) => {
    const decided = decide(state, data, context);
    if (!state.opened || slicesOf(state).length === 0 || !decided.some((event) => mayBar(event, state))) return decided;
    return [...decided, ...barredSlices(afterDecided(state, decided), context.calendar.dayOf(context.time))];
  };
  // Logs identify decisions by name.
  Object.defineProperty(recalling, 'name', { value: decide.name });
  known.set(decide, recalling);
  return recalling;
}

const barring: ReadonlySet<string> = new Set<WalletEvent['type']>([
  'WalletFrozen',
  'WalletClosed',
  'PurchaseReversed',
  'SpendLimitsSet',
  'MemberSet',
  'MemberRemoved',
  'MemberSuspended',
]);

/**
 * True for an event after which a wallet, or a member of it, may not spend what it could before.
 */
function mayBar(event: object, wallet: OpenedWallet): boolean {
  if (!('type' in event) || !barring.has(event.type as string)) return false;
  const { type, data } = event as Pick<WalletEvent, 'type' | 'data'>;
  // A new member has no slice yet that its caps could bar.
  return type !== 'MemberSet' || memberOrFormer(wallet, (data as { readonly memberId: string }).memberId) !== undefined;
}

function barredSlices(wallet: OpenedWallet, day: string) {
  const slices = slicesOf(wallet);
  if (spendingBarred(wallet)) return recallOf(wallet, 'frozen', slices);
  if (isOverdrawn(roomUnderLimits(wallet, day))) return recallOf(wallet, 'limit-lowered', slices);
  const isSuspended = ({ memberIds }: SliceHold) =>
    memberIds.some((memberId) => memberOrFormer(wallet, memberId)?.suspended) || !mayStill(wallet, memberIds);
  const suspended = slices.filter(isSuspended);
  const capped = slices.filter(
    (slice) =>
      !suspended.includes(slice) &&
      slice.memberIds.some((memberId) => isOverdrawn(roomUnderCaps(wallet, memberId, day))),
  );
  return [...recallOf(wallet, 'suspended', suspended), ...recallOf(wallet, 'limit-lowered', capped)];
}

/** True if all members of a hold are still members. */
const mayStill = ({ members }: OpenedWallet, memberIds: readonly string[]): boolean =>
  memberIds.every((memberId) => members.some((member) => member.memberId === memberId));

/** True if what is spent and held has reached a limit. */
const isOverdrawn = (room: bigint | undefined): boolean => room === 0n;
