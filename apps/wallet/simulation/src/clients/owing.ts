import type { Dice } from '@tokengrid/simulation-kit';
import { closeWallet } from '@tokengrid/wallet/decisions/wallets/close-wallet';
import { extendHold } from '@tokengrid/wallet/decisions/holds/extend-hold';
import { placeHold } from '@tokengrid/wallet/decisions/holds/place-hold';
import { sellTokens } from '@tokengrid/wallet/decisions/purchases/sell-tokens';
import { isKey, withRoom } from './bouncing.ts';
import type { ModelWallet } from '../model/state.ts';
import { totalOf } from '../model/lots.ts';
import { type Act, type Request, request } from './request.ts';
import { lineOf } from './key-lines.ts';
import type { Stage } from './stage.ts';

/** Acts of debtors that go on spending, and of keys that sell as much as their caps allow. */
const walletsOf = (world: Stage): readonly ModelWallet[] => [...world.checker.model.wallets.values()];

function placing(world: Stage, walletId: string): Request {
  const body = { tokens: 1n, expiresInSeconds: 60, reason: 'owing' };
  const data = () => ({ holdId: world.id('hld'), ...body });
  return request(world, walletId, body, data, (process, command) => process.wallets.handle(placeHold, command));
}

function stretching(world: Stage, walletId: string, holdId: string): Request {
  const body = { tokens: 1n };
  const data = () => ({ holdId, ...body, known: world.directory.knownHold(holdId) });
  return request(world, walletId, body, data, (process, command) => process.wallets.handle(extendHold, command));
}

function selling(world: Stage, walletId: string, tokens: bigint, line: readonly string[]): Request {
  const body = { tokens };
  const data = () => ({ saleId: world.id('sal'), ...body, ...world.directory.terms(world.time), actor: { line } });
  return request(world, walletId, body, data, async (process, command) =>
    process.issuing.freed(await process.deciding.handle(process.wallets, sellTokens, command)),
  );
}

const owing: Act = {
  weight: 5,
  make: (world, dice) => {
    const indebted = walletsOf(world).filter(({ debt }) => debt > 0n);
    if (indebted.length === 0) return undefined;
    const holding = indebted.filter(({ holds }) => holds.size > 0);
    const { id: walletId, holds } = dice.one(holding.length > 0 && dice.once(2) ? holding : indebted);
    const [holdId] = holds.keys();
    if (holdId !== undefined && !dice.once(4)) return stretching(world, walletId, holdId);
    if (dice.once(2)) return placing(world, walletId);
    return request(
      world,
      walletId,
      { close: true },
      () => ({}),
      (process, command) => process.wallets.handle(closeWallet, command),
    );
  },
};

/** Room of a key, or one µAIT more, but at most the tokens that there are. */
function leftTo(dice: Dice, left: bigint, there: bigint): bigint {
  if (left >= there && dice.once(2)) return there > 0n ? there : 1n;
  return left + BigInt(dice.roll(2));
}

const sellingOut: Act = {
  weight: 2,
  make: (world, dice) => {
    const keys = walletsOf(world).flatMap((wallet) =>
      withRoom(world, wallet)
        .filter(({ memberId }) => isKey(memberId))
        .map((key) => ({ wallet, ...key })),
    );
    if (keys.length === 0) return undefined;
    const { wallet, memberId, left } = dice.one(keys);
    const there = totalOf(wallet.lots.filter(({ sellable }) => sellable));
    return selling(world, wallet.id, leftTo(dice, left, there), lineOf(memberId));
  },
};

/** The acts above. */
export const owingActs: readonly Act[] = [owing, sellingOut];
