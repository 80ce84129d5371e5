import type { Dice } from '@tokengrid/simulation-kit';
import { removeMember } from '@tokengrid/wallet/decisions/wallets/remove-member';
import { sendTokens } from '@tokengrid/wallet/decisions/transfers/send-tokens';
import { setMember } from '@tokengrid/wallet/decisions/wallets/set-member';
import type { ModelSent, ModelWallet } from '../model/state.ts';
import { isMember } from '../model/actors.ts';
import { roomLeft } from '../model/limits.ts';
import { totalOf } from '../model/lots.ts';
import { latestOf } from '../model/suspensions.ts';
import { type Act, request } from './request.ts';
import { lineOf } from './key-lines.ts';
import type { Stage } from './stage.ts';

/**
 * Acts of senders whose tokens are declined: returned tokens are not spent, and count against
 * nobody.
 */
const walletsOf = (world: Stage): readonly ModelWallet[] => [...world.checker.model.wallets.values()];

export const isKey = (memberId: string): boolean => memberId.startsWith('key_');

/** Members of a wallet with room under their caps and the wallet's limits. */
export function withRoom(
  world: Stage,
  wallet: ModelWallet,
): readonly { readonly memberId: string; readonly left: bigint }[] {
  const { days } = world.checker.model;
  const { time } = world;
  const at = { time, lane: 0, day: days.dayOf(time), month: days.monthOf(time), timeZone: days.timeZone };
  const capped = [...wallet.members].filter(
    ([, { isThere, told, daily, monthly }]) =>
      isThere && !latestOf(told).isSuspended && (daily ?? monthly) !== undefined,
  );
  return capped.flatMap(([memberId]) => {
    const bound = isKey(memberId) ? lineOf(memberId).filter((key) => isMember(wallet, key)) : [memberId];
    const left = roomLeft(wallet, bound, at);
    return left !== undefined && left > 0n ? [{ memberId, left }] : [];
  });
}

/** Exactly the room of a member, one µAIT less or more, but at most the tokens that there are. */
function someTokens(dice: Dice, left: bigint, there: bigint): bigint {
  if (left > there) return dice.once(2) && there > 0n ? there : dice.tokens(20);
  const tokens = left + BigInt(dice.one([-1, 0, 0, 0, 0, 1]));
  return tokens > 0n ? tokens : 1n;
}

const bouncing: Act = {
  weight: 4,
  make: (world, dice) => {
    const wallets = walletsOf(world).filter(({ closed, frozenBy }) => !closed && frozenBy.size === 0);
    const some = wallets.flatMap((wallet) => withRoom(world, wallet).map((member) => ({ wallet, ...member })));
    if (some.length === 0) return undefined;
    const { wallet, memberId, left } = dice.one(some);
    const there = totalOf(wallet.lots.filter(({ sellable }) => sellable));
    const closed = walletsOf(world).filter((other) => other.closed && other.id !== wallet.id);
    const toWalletId = closed.length > 0 && dice.once(2) ? dice.one(closed).id : world.strangersWallet;
    const actor = isKey(memberId) ? { line: lineOf(memberId) } : { line: [], memberId };
    const body = { toWalletId, tokens: someTokens(dice, left, there) };
    const data = () => {
      const { policy } = world.directory;
      return { transferId: world.id('trf'), ...body, receiverKnown: true, policy, actor };
    };
    return request(world, wallet.id, body, data, (process, command) => process.wallets.handle(sendTokens, command));
  },
};

/** By the owner, without a cap, from a wallet with limits. */
const bouncingOwn: Act = {
  weight: 2,
  make: (world, dice) => {
    const limited = walletsOf(world).filter(({ limits }) => (limits.daily ?? limits.monthly) !== undefined);
    if (limited.length === 0) return undefined;
    const { id: walletId, limits, lots } = dice.one(limited);
    const closed = walletsOf(world).filter((wallet) => wallet.closed && wallet.id !== walletId);
    const toWalletId = closed.length > 0 && dice.once(2) ? dice.one(closed).id : world.strangersWallet;
    const there = totalOf(lots.filter(({ sellable }) => sellable));
    const limit = limits.daily ?? limits.monthly ?? there;
    const body = { toWalletId, tokens: dice.once(2) && limit > 0n ? limit : dice.tokens(100) };
    const data = () => {
      const { policy } = world.directory;
      return { transferId: world.id('trf'), ...body, receiverKnown: true, policy };
    };
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(sendTokens, command));
  },
};

/** Members' transfers that are in transit, or returning. */
function underway(world: Stage): readonly { readonly wallet: ModelWallet; readonly sent: ModelSent }[] {
  const { model } = world.checker;
  return [...model.underway.keys()].flatMap((what) => {
    const sent = model.sent.get(what.split(' ')[0]!);
    const wallet = walletsOf(world).find(({ spendings }) => spendings === sent?.counters[0]);
    return sent && wallet && sent.memberIds.length > 0 ? [{ wallet, sent }] : [];
  });
}

/** A sender leaves before its transfer returns, and joins again. */
const rejoining: Act = {
  weight: 3,
  make: (world, dice) => {
    const found = underway(world);
    if (found.length === 0) return undefined;
    const { wallet, sent } = dice.one(found);
    const memberId = dice.one(sent.memberIds);
    if (isMember(wallet, memberId) && !dice.once(4)) {
      const body = { memberId };
      return request(
        world,
        wallet.id,
        body,
        () => body,
        (process, command) => process.wallets.handle(removeMember, command),
      );
    }
    const body = { memberId, ...(dice.once(2) ? { daily: dice.tokens(60) } : { monthly: dice.tokens(90) }) };
    return request(
      world,
      wallet.id,
      body,
      () => body,
      (process, command) => process.wallets.handle(setMember, command),
    );
  },
};

/** Acts of thieves with returning tokens. */
export const bouncingActs: readonly Act[] = [bouncing, bouncingOwn, rejoining];
