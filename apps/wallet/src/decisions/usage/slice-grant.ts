import type { SliceUse } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Actor } from '../rules/actors.ts';
import type { Decided } from '../rules/decided.ts';
import { roomUnderCaps, roomUnderLimits } from '../rules/limits.ts';
import { availableAccount, heldAccount, moveTokens } from '../rules/postings.ts';
import { neededElsewhere } from '../rules/recalled-slices.ts';
import { sliceGranted } from '../rules/slice-size.ts';
import { paysWhole } from '../rules/vouchers.ts';
import { holdIdOfSlice, slicesOf } from '../state/holds.ts';
import { burnDown, least, lotsTaken, sumOf, type WalletLot } from '../state/lots.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { MarketTerms } from './top-up.ts';
import { topUp } from './top-up.ts';

/** Offered terms of a slice, for which tokens are to be held. */
export interface SliceToHold {
  readonly sliceId: string;
  readonly partyId: string;
  readonly gatewayId: string;
  /** Request of the slice: 1 places its hold, later ones extend it. */
  readonly number: number;
  readonly scope: readonly SliceUse[];
  readonly tokens: bigint;
  /** µAIT of which one request can be served; 0: some are served without tokens. */
  readonly atLeast: bigint;
  /** µAIT of the hold that go back. */
  readonly spare: bigint;
  /** End of the slice and its grace; epoch milliseconds. */
  readonly expiresAt: number;
  readonly actor?: Actor | undefined;
  /** Terms, looked up only where tokens are bought. */
  readonly market?: MarketTerms | undefined;
  readonly capacityLeft?: bigint;
}

/** What a slice gets of a wallet. */
export interface Grant {
  readonly tokens: bigint;
  readonly lots: readonly WalletLot[];
  /** What was bought first. */
  readonly bought: Decided;
  /** True if the wallet has nothing left for it. */
  readonly final: boolean;
}

/** µAIT without which a request is refused: none where none are wanted, or needed. */
export const leastGranted = ({ tokens, atLeast }: SliceToHold): bigint => (tokens === 0n || atLeast === 0n ? 0n : 1n);

/**
 * What a slice gets, within what is available for its scope, the limits and the caps of members.
 * Where the policy is to buy, and not even one request can be served, what that one lacks is
 * bought.
 */
export function grantOf(
  before: OpenedWallet,
  asked: SliceToHold,
  memberIds: readonly string[],
  context: DecisionContext<WalletLane>,
): Grant {
  const { sliceId, scope, tokens: wanted, atLeast } = asked;
  const day = context.calendar.dayOf(context.time);
  const pays = (lot: WalletLot) => paysWhole(lot, scope);
  const rooms = [roomUnderLimits(before, day), ...memberIds.map((memberId) => roomUnderCaps(before, memberId, day))];
  const within = (tokens: bigint) =>
    rooms.reduce<bigint>((room, each) => (each === undefined ? room : least(room, each)), tokens);
  const request = within(least(atLeast, wanted));
  const { wallet, bought } = boughtFor(before, request - sumOf(before.lots.filter(pays)), asked, context);
  const available = within(sumOf(wallet.lots.filter(pays)));
  const others = slicesOf(wallet).filter(({ slice }) => slice.sliceId !== sliceId);
  const tokens = sliceGranted({ wanted, atLeast, available, gateways: BigInt(others.length + 1) });
  return { tokens, lots: burnDown(wallet.lots, tokens, pays), bought, final: tokens === available };
}

/** The wallet after buying what a request lacks, if its policy is to buy and nothing bars it. */
function boughtFor(wallet: OpenedWallet, lacking: bigint, asked: SliceToHold, context: DecisionContext<WalletLane>) {
  const nothing = { wallet, bought: [] as Decided };
  if (lacking <= 0n || wallet.exhaustion.action !== 'bill') return nothing;
  const { market, capacityLeft, sliceId, number } = asked;
  const known = { market, ...(capacityLeft !== undefined && { capacityLeft }) };
  const toppedUp = topUp(wallet, lacking, { ...known, chargeId: `${sliceId} ${number}` }, context);
  return 'code' in toppedUp ? nothing : toppedUp;
}

/** What a grant takes out of a wallet, in the form of events. */
export const takenBy = ({ tokens, lots }: Pick<Grant, 'tokens' | 'lots'>, walletId: string) => ({
  lots: lotsTaken(lots),
  postings: moveTokens(tokens, availableAccount(walletId), heldAccount(walletId)),
});

/** What is said of the slice that is granted something. */
export const grantedSlice = (
  { sliceId, partyId, number }: SliceToHold,
  { final }: Pick<Grant, 'final'>,
  { exhaustion }: OpenedWallet,
) => ({ sliceId, partyId, number, final, then: exhaustion.action });

/** What a refusal says of a slice. */
export const refusedSlice = ({ sliceId, partyId, number, tokens }: SliceToHold, { walletId }: OpenedWallet) => ({
  ...{ walletId, holdId: holdIdOfSlice(sliceId), tokens },
  slice: { sliceId, partyId, number },
});

/** Slices that are called back where a grant is too small for one request. */
export const neededBy = (wallet: OpenedWallet, { sliceId, atLeast, tokens }: SliceToHold, grant: Grant) =>
  grant.tokens < least(atLeast, tokens) ? neededElsewhere(wallet, sliceId) : [];
