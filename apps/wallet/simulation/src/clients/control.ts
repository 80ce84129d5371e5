import { walletIdOf } from '@tokengrid/contracts';
import type { Dice } from '@tokengrid/simulation-kit';
import type { Actor } from '@tokengrid/wallet/decisions/rules/actors';
import { closeWallet } from '@tokengrid/wallet/decisions/wallets/close-wallet';
import { endPlan } from '@tokengrid/wallet/decisions/grants/end-plan';
import { freezeWallet } from '@tokengrid/wallet/decisions/wallets/freeze-wallet';
import { fundVoucher } from '@tokengrid/wallet/decisions/transfers/fund-voucher';
import { removeMember } from '@tokengrid/wallet/decisions/wallets/remove-member';
import { renewPlan } from '@tokengrid/wallet/decisions/grants/renew-plan';
import { setExhaustionPolicy } from '@tokengrid/wallet/decisions/wallets/set-exhaustion-policy';
import { setMember } from '@tokengrid/wallet/decisions/wallets/set-member';
import { setSpendLimits } from '@tokengrid/wallet/decisions/wallets/set-spend-limits';
import { unfreezeWallet } from '@tokengrid/wallet/decisions/wallets/unfreeze-wallet';
import { wallet } from '@tokengrid/wallet/decisions/state/wallet';
import { voucherTerms } from './approvals.ts';
import { type Act, type Request, request, type Send, someActor, someTokens, someWallet } from './request.ts';
import { someKey, someLine } from './key-lines.ts';
import type { Stage } from './stage.ts';

/** A request to a wallet by the operator, or by its owner with one of its keys. */
function asked<Body extends object>(
  world: Stage,
  dice: Dice,
  body: Body,
  send: Send<Body & { readonly actor?: Actor | undefined }>,
): Request {
  const data = dice.once(2) ? { ...body, actor: { line: someLine(dice) } } : body;
  return request(world, someWallet(world, dice), body, () => data, send);
}

const caps = (dice: Dice) => ({
  ...(dice.once(2) && { daily: dice.tokens(4000) }),
  ...(dice.once(2) && { monthly: dice.tokens(9000) }),
});

const limitingSpending: Act = {
  weight: 2,
  make: (world, dice) => {
    const alertsAt = dice.once(2) ? [80, 50, 100, 50] : [];
    const body = { ...(dice.once(3) ? {} : caps(dice)), alertsAt };
    return asked(world, dice, body, (process, command) => process.wallets.handle(setSpendLimits, command));
  },
};

/** Mostly caps that some charges reach. */
const decidingWhatFollows: Act = {
  weight: 2,
  make: (world, dice) => {
    const action = dice.one(['stop', 'bill', 'bill'] as const);
    const body = { action, monthlyCap: action === 'stop' || dice.once(2) ? null : BigInt(dice.roll(20)) };
    return asked(world, dice, body, (process, command) => process.wallets.handle(setExhaustionPolicy, command));
  },
};

const sharing: Act = {
  weight: 3,
  make: (world, dice) => {
    const memberId = dice.once(2) ? dice.one(world.parties) : someKey(dice);
    const body = { memberId, ...caps(dice) };
    return asked(world, dice, body, (process, command) => process.wallets.handle(setMember, command));
  },
};

const unsharing: Act = {
  weight: 1,
  make: (world, dice) => {
    // Mostly a party from a wallet that it is a member of, where it may be about to spend.
    const shared = [...world.checker.model.wallets.values()].flatMap(({ id, members }) =>
      [...members.keys()].filter((memberId) => world.parties.includes(memberId)).map((memberId) => ({ id, memberId })),
    );
    if (shared.length > 0 && dice.once(2)) {
      const { id: walletId, memberId } = dice.one(shared);
      const leaves = { memberId };
      return request(
        world,
        walletId,
        leaves,
        () => leaves,
        (process, command) => process.wallets.handle(removeMember, command),
      );
    }
    const body = { memberId: dice.once(2) ? dice.one(world.parties) : someKey(dice) };
    return asked(world, dice, body, (process, command) => process.wallets.handle(removeMember, command));
  },
};

const freezing: Act = {
  weight: 1,
  make: (world, dice) => {
    const body = { by: 'operator' as const, ...(dice.once(2) && { reason: 'to be looked at' }) };
    return request(
      world,
      someWallet(world, dice),
      body,
      () => body,
      (process, command) => process.wallets.handle(freezeWallet, command),
    );
  },
};

const unfreezing: Act = {
  weight: 5,
  make: (world, dice) => {
    const body = { by: 'operator' as const };
    return request(
      world,
      someWallet(world, dice),
      body,
      () => body,
      (process, command) => process.wallets.handle(unfreezeWallet, command),
    );
  },
};

const closing: Act = {
  weight: 1,
  make: (world, dice) => {
    // A wallet without available tokens may still have tokens held, awaited or promised.
    const spent = world.parties.map(walletIdOf).filter((walletId) => {
      const state = world.checker.state(wallet, walletId);
      return state.opened && state.available === 0n;
    });
    if (spent.length === 0) return undefined;
    const promised = spent.filter((walletId) => world.checker.model.wallets.get(walletId)!.waiting.length > 0);
    // Nothing but the hold bars these.
    const holding = spent.filter((walletId) => {
      const state = world.checker.state(wallet, walletId);
      return state.opened && state.holds.length > 0 && state.pending.length === 0 && state.plan === null;
    });
    const likely = [dice.once(2) ? holding : promised, promised, holding].find((wallets) => wallets.length > 0);
    return request(
      world,
      dice.one(likely ?? spent),
      { close: true },
      () => ({}),
      (process, command) => process.wallets.handle(closeWallet, command),
    );
  },
};

const endsSoon = (world: Stage, dice: Dice) => world.time + (dice.roll(120) - 2) * 1000;

const fundingVouchers: Act = {
  weight: 4,
  make: (world, dice) => {
    const [from, to] = [dice.one(world.parties), dice.one(world.parties)];
    if (from === to) return undefined;
    const toWalletId = dice.once(12) ? world.strangersWallet : walletIdOf(to);
    const walletId = walletIdOf(from);
    const tokens = someTokens(world, dice, walletId, 300);
    const body = { toWalletId, tokens, terms: voucherTerms(dice), expiresAt: endsSoon(world, dice) };
    const by = someActor(dice, world, walletId);
    const receiverKnown = !dice.once(20);
    const data = () => {
      const { policy } = world.directory;
      return { transferId: world.id('trf'), ...body, receiverKnown, policy, actor: by };
    };
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(fundVoucher, command));
  },
};

const unplanning: Act = {
  weight: 1,
  make: (world, dice) =>
    request(
      world,
      someWallet(world, dice),
      { end: true },
      () => ({}),
      (process, command) => process.wallets.handle(endPlan, command),
    ),
};

const renewing: Act = {
  weight: 3,
  make: (world, dice) =>
    request(
      world,
      someWallet(world, dice),
      { renew: true },
      () => ({}),
      (process, command) => process.deciding.handle(process.wallets, renewPlan, command),
    ),
};

/** Acts on limits, members and vouchers, by owners, parties and the operator. */
export const controlActs: readonly Act[] = [
  limitingSpending,
  decidingWhatFollows,
  sharing,
  unsharing,
  freezing,
  unfreezing,
  closing,
  fundingVouchers,
  unplanning,
  renewing,
];
