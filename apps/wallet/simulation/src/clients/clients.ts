import { captureHold } from '@tokengrid/wallet/decisions/holds/capture-hold';
import { expireTokens } from '@tokengrid/wallet/decisions/wallets/expire-tokens';
import { extendHold } from '@tokengrid/wallet/decisions/holds/extend-hold';
import { placeHold } from '@tokengrid/wallet/decisions/holds/place-hold';
import { releaseHold } from '@tokengrid/wallet/decisions/holds/release-hold';
import { sendTokens } from '@tokengrid/wallet/decisions/transfers/send-tokens';
import { givingActs, incoming, operatorActs } from './approvals.ts';
import { controlActs } from './control.ts';
import { flooding } from './crowding.ts';
import { givingBackActs } from './given-back.ts';
import { marketActs } from './market.ts';
import { thievesActs } from './thieves.ts';
import { moneyThievesActs } from './thieves-money.ts';
import { type Act, request, someActor, someTokens, someWallet } from './request.ts';

const sending: Act = {
  weight: 16,
  make: (world, dice) => {
    const walletId = someWallet(world, dice);
    const toWalletId = dice.once(12) ? world.strangersWallet : someWallet(world, dice);
    if (toWalletId === walletId) return undefined;
    const tokens = someTokens(world, dice, walletId, 800);
    const body = { toWalletId, tokens, ...(dice.once(3) && { memo: 'thanks' }) };
    // The directory may not know a new wallet yet, and strangers' wallets are known where nobody
    // has looked.
    const receiverKnown = !dice.once(20);
    const by = someActor(dice, world, walletId);
    const data = () => {
      const { policy } = world.directory;
      return { transferId: world.id('trf'), ...body, receiverKnown, policy, actor: by };
    };
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(sendTokens, command));
  },
};

const holding: Act = {
  weight: 12,
  make: (world, dice) => {
    const walletId = someWallet(world, dice);
    const tokens = someTokens(world, dice, walletId, 500);
    const body = { tokens, expiresInSeconds: world.hoards ? 36_000 : 1 + dice.roll(90), reason: 'a use' };
    const by = someActor(dice, world, walletId);
    const data = () => ({ holdId: world.id('hld'), ...body, actor: by });
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(placeHold, command));
  },
};

const extending: Act = {
  weight: 5,
  make: (world, dice) => {
    const found = world.directory.someHold(dice);
    if (!found) return undefined;
    const { walletId, holdId, memberIds } = found;
    const actor = someActor(dice, world, walletId, memberIds);
    const body = {
      tokens: someTokens(world, dice, walletId, 200),
      ...(dice.once(2) && { expiresInSeconds: 1 + dice.roll(90) }),
    };
    const data = () => ({ holdId, ...body, known: world.directory.knownHold(holdId), actor });
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(extendHold, command));
  },
};

const capturing: Act = {
  weight: 12,
  make: (world, dice) => {
    const found = world.directory.someHold(dice);
    if (!found) return undefined;
    const { walletId, holdId, tokens, memberIds } = found;
    const actor = someActor(dice, world, walletId, memberIds);
    const body = { tokens: dice.once(4) ? tokens : dice.tokens(400), final: dice.once(3) };
    const data = () => {
      const known = world.directory.knownHold(holdId);
      return { holdId, captureId: world.id('cap'), ...body, known, actor };
    };
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(captureHold, command));
  },
};

const releasing: Act = {
  weight: 5,
  make: (world, dice) => {
    const found = world.directory.someHold(dice);
    if (!found) return undefined;
    const { walletId, holdId, memberIds } = found;
    const actor = someActor(dice, world, walletId, memberIds);
    const data = () => ({ holdId, known: world.directory.knownHold(holdId), actor });
    return request(world, walletId, { holdId }, data, (process, command) =>
      process.wallets.handle(releaseHold, command),
    );
  },
};

const declaring: Act = {
  weight: 2,
  make: (world, dice) => {
    const { outstanding } = world.checker.model.accounts;
    // At times so much that the amount outstanding is 90 % of it, exactly or nearly.
    const nearly = (outstanding * 10n) / 9n + BigInt(dice.roll(2));
    const tokens = dice.once(3) ? nearly : BigInt(dice.roll(3)) * outstanding + dice.tokens(60_000);
    return request(
      world,
      'capacity',
      { tokens },
      () => ({ tokens }),
      (process, command) => process.issuing.declare(tokens, incoming(command)),
    );
  },
};

const ticking: Act = {
  weight: 5,
  make: (world, dice) => {
    const due = world.dueWallets();
    if (due.length === 0) return undefined;
    return request(
      world,
      dice.one(due),
      { clock: true },
      () => ({}),
      (process, command) => process.wallets.handle(expireTokens, command),
    );
  },
};

const all = [
  ...marketActs,
  ...controlActs,
  ...givingBackActs,
  ...operatorActs,
  ...thievesActs,
  ...moneyThievesActs,
  sending,
  holding,
  extending,
  capturing,
  releasing,
  declaring,
  ticking,
];

/**
 * Moods of a history: a bit of everything, keep received tokens, buy everything while the capacity
 * changes, or fill one wallet's places for vouchers.
 */
export const moods = ['ordinary', 'ordinary', 'ordinary', 'hoarding', 'rationing', 'crowding'] as const;
export type Mood = (typeof moods)[number];

const often = (act: Act, times: number): readonly Act[] => Array.from({ length: times }, () => act);

/** Each act as many times as its weight. */
const weighed = (some: readonly Act[]): readonly Act[] => some.flatMap((act) => often(act, act.weight));

/** All acts of parties, the operator and the clock, weighted by mood. */
export const actsIn: Readonly<Record<Mood, readonly Act[]>> = {
  ordinary: weighed(all),
  hoarding: weighed([...all, ...operatorActs, ...often(holding, 2)]),
  rationing: weighed([...marketActs, ...operatorActs, ...moneyThievesActs, ...often(declaring, 4), sending]),
  crowding: weighed([...marketActs, ...givingBackActs, ...givingActs, ...often(flooding, 5), sending, ticking]),
};
