import { walletIdOf } from '@tokengrid/contracts';
import type { Dice } from '@tokengrid/simulation-kit';
import { captureHold } from '@tokengrid/wallet/decisions/holds/capture-hold';
import { extendHold } from '@tokengrid/wallet/decisions/holds/extend-hold';
import { placeHold } from '@tokengrid/wallet/decisions/holds/place-hold';
import { releaseHold } from '@tokengrid/wallet/decisions/holds/release-hold';
import { removeMember } from '@tokengrid/wallet/decisions/wallets/remove-member';
import { sendTokens } from '@tokengrid/wallet/decisions/transfers/send-tokens';
import { setMember } from '@tokengrid/wallet/decisions/wallets/set-member';
import { setSpendLimits } from '@tokengrid/wallet/decisions/wallets/set-spend-limits';
import { bouncingActs, isKey } from './bouncing.ts';
import type { ModelHold, ModelWallet } from '../model/state.ts';
import { totalOf } from '../model/lots.ts';
import { latestOf } from '../model/suspensions.ts';
import { type Act, request } from './request.ts';
import { lineOf, someKey, someLine } from './key-lines.ts';
import type { Stage } from './stage.ts';

/**
 * Thieves go where other people's tokens are, and take exactly the amount there is, one µAIT more,
 * or far too much; chance alone would seldom get there. This is one such place.
 */
interface Target {
  readonly wallet: ModelWallet;
  readonly hold: ModelHold;
}

/** An open hold, preferably under a cap. */
function someTarget(world: Stage, dice: Dice): Target | undefined {
  const all = [...world.checker.model.wallets.values()].flatMap((wallet) =>
    [...wallet.holds.values()].map((hold) => ({ wallet, hold })),
  );
  const capped = all.filter(({ hold }) => hold.memberIds.length > 0);
  const some = capped.length > 0 && !dice.once(4) ? capped : all;
  return some.length === 0 ? undefined : dice.one(some);
}

/**
 * A member whose caps the hold is or was under, with or without a key; or a capped key; or the
 * owner.
 */
function thief({ wallet, hold }: Target, dice: Dice) {
  const keys = [...wallet.members.keys()].filter(isKey);
  switch (dice.roll(4)) {
    case 0:
      return undefined;
    case 1:
      return { line: keys.length > 0 ? lineOf(dice.one(keys)) : someLine(dice) };
    case 2:
      return { line: someLine(dice) };
    default: {
      const others = [...hold.memberIds, ...wallet.members.keys()].filter((memberId) => !isKey(memberId));
      const line = dice.once(2) ? someLine(dice) : [];
      return others.length > 0 ? { line, memberId: dice.one(others) } : { line };
    }
  }
}

/** µAIT that caps leave to a member, or to the wallet, as nearly as a thief can count. */
function leftOf({ wallet, hold }: Target, dice: Dice): bigint {
  const limited = [wallet.limits, ...hold.memberIds.flatMap((memberId) => wallet.members.get(memberId) ?? [])];
  const caps = limited.flatMap(({ daily, monthly }) => [daily, monthly]).filter((cap) => cap !== undefined);
  return caps.length > 0 ? dice.one(caps) : totalOf(wallet.lots);
}

/** All tokens under the hold and beyond it, one µAIT less or more, or everything there is. */
function greed(target: Target, dice: Dice): bigint {
  const under = totalOf(target.hold.lots);
  const all = under + totalOf(target.wallet.lots);
  const wanted = dice.one([under, under + leftOf(target, dice), under + 1n, all, all + 1n]) + BigInt(dice.roll(3) - 1);
  return wanted > 0n ? wanted : 1n;
}

const taking: Act = {
  weight: 8,
  make: (world, dice) => {
    const target = someTarget(world, dice);
    if (!target) return undefined;
    const { id: holdId } = target.hold;
    const body = { tokens: greed(target, dice), final: dice.once(3) };
    const actor = thief(target, dice);
    const data = () => {
      const known = world.directory.knownHold(holdId);
      return { holdId, captureId: world.id('cap'), ...body, known, actor };
    };
    return request(world, target.wallet.id, body, data, (process, command) =>
      process.wallets.handle(captureHold, command),
    );
  },
};

const stretching: Act = {
  weight: 5,
  make: (world, dice) => {
    const target = someTarget(world, dice);
    if (!target) return undefined;
    const { id: holdId } = target.hold;
    const left = leftOf(target, dice) - totalOf(target.hold.lots) + BigInt(dice.roll(3) - 1);
    const body = {
      tokens: dice.once(2) && left > 0n ? left : dice.tokens(50),
      ...(dice.once(2) && { expiresInSeconds: 60 + dice.roll(600) }),
    };
    const actor = thief(target, dice);
    const data = () => ({ holdId, ...body, known: world.directory.knownHold(holdId), actor });
    return request(world, target.wallet.id, body, data, (process, command) =>
      process.wallets.handle(extendHold, command),
    );
  },
};

const dropping: Act = {
  weight: 3,
  make: (world, dice) => {
    const target = someTarget(world, dice);
    if (!target) return undefined;
    const { id: holdId } = target.hold;
    const actor = thief(target, dice);
    const data = () => ({ holdId, known: world.directory.knownHold(holdId), actor });
    return request(world, target.wallet.id, { holdId }, data, (process, command) =>
      process.wallets.handle(releaseHold, command),
    );
  },
};

/** Holds that stay open for long, by members, often up to their caps. */
const hoarding: Act = {
  weight: 5,
  make: (world, dice) => {
    const wallets = [...world.checker.model.wallets.values()].filter(({ members }) => members.size > 0);
    if (wallets.length === 0) return undefined;
    const wallet = dice.one(wallets);
    const memberId = dice.one([...wallet.members.keys()]);
    const { daily, monthly } = wallet.members.get(memberId)!;
    const cap = daily ?? monthly ?? 100n;
    const tokens = dice.once(2) ? cap / 2n + 1n : dice.once(2) ? cap : 1n + cap / 10n;
    const body = { tokens, expiresInSeconds: 300 + dice.roll(3000), reason: 'a long use' };
    const actor = isKey(memberId) ? { line: lineOf(memberId) } : { line: [], memberId };
    const data = () => ({ holdId: world.id('hld'), ...body, actor });
    return request(world, wallet.id, body, data, (process, command) => process.wallets.handle(placeHold, command));
  },
};

/** A member with open holds leaves, or joins again with other caps. */
const leaving: Act = {
  weight: 2,
  make: (world, dice) => {
    const target = someTarget(world, dice);
    const memberId = target?.hold.memberIds.at(0);
    if (!target || memberId === undefined) return undefined;
    const { id: walletId } = target.wallet;
    const actor = dice.once(4) ? { line: someLine(dice) } : undefined;
    if (dice.once(2)) {
      const body = { memberId };
      const data = () => ({ ...body, actor });
      return request(world, walletId, body, data, (process, command) => process.wallets.handle(removeMember, command));
    }
    const body = {
      memberId,
      daily: 1n + totalOf(target.hold.lots) / BigInt(1 + dice.roll(3)),
      monthly: dice.tokens(2000),
    };
    const data = () => ({ ...body, actor });
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(setMember, command));
  },
};

/** A cap for a key with descendants, while holds are open. */
const capping: Act = {
  weight: 2,
  make: (world, dice) => {
    const target = someTarget(world, dice);
    if (!target) return undefined;
    const body = {
      memberId: someKey(dice),
      ...(dice.once(2) && { daily: dice.tokens(400) }),
      ...(dice.once(2) && { monthly: dice.tokens(500) }),
    };
    return request(
      world,
      target.wallet.id,
      body,
      () => body,
      (process, command) => process.wallets.handle(setMember, command),
    );
  },
};

/**
 * A limit at, just below or just above a wallet's spending, or a part of it that raises an alert.
 */
const squeezing: Act = {
  weight: 2,
  make: (world, dice) => {
    const wallets = [...world.checker.model.wallets.values()].filter(({ spendings }) => spendings.length > 0);
    if (wallets.length === 0) return undefined;
    const wallet = dice.one(wallets);
    const { day } = wallet.spendings.at(-1)!;
    const spent = wallet.spendings.reduce((sum, each) => (each.day === day ? sum + each.tokens : sum), 0n);
    const limit = (spent * BigInt(dice.one([1, 2, 4]))) / BigInt(dice.one([1, 2])) + BigInt(dice.roll(3) - 1);
    if (limit <= 0n) return undefined;
    const body = {
      ...(dice.once(2) ? { daily: limit } : { monthly: limit }),
      alertsAt: dice.one([[50, 100], [25, 50, 75, 100], [1]]),
    };
    return request(
      world,
      wallet.id,
      body,
      () => body,
      (process, command) => process.wallets.handle(setSpendLimits, command),
    );
  },
};

/** A suspended party spends from a wallet that it is a member of. */
const sneaking: Act = {
  weight: 2,
  make: (world, dice) => {
    const found = [...world.checker.model.wallets.values()].flatMap(({ id, members }) =>
      [...members]
        .filter(([, { told }]) => latestOf(told).isSuspended)
        .map(([memberId]) => ({ walletId: id, memberId })),
    );
    if (found.length === 0) return undefined;
    const { walletId, memberId } = dice.one(found);
    const toWalletId = walletIdOf(dice.one(world.parties));
    if (toWalletId === walletId) return undefined;
    const body = { toWalletId, tokens: dice.tokens(50) };
    const actor = { line: [], memberId };
    const data = () => {
      const { policy } = world.directory;
      return { transferId: world.id('trf'), ...body, receiverKnown: true, policy, actor };
    };
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(sendTokens, command));
  },
};

/** Acts of thieves on holds, members and limits. */
export const thievesActs: readonly Act[] = [
  taking,
  stretching,
  dropping,
  hoarding,
  leaving,
  capping,
  squeezing,
  ...bouncingActs,
  sneaking,
];
