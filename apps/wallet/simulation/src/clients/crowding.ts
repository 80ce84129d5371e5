import { operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import type { Dice } from '@tokengrid/simulation-kit';
import { fundVoucher } from '@tokengrid/wallet/decisions/transfers/fund-voucher';
import type { ReferenceModel } from '../model/model.ts';
import type { ModelWallet } from '../model/state.ts';
import { type ModelLot, totalOf } from '../model/lots.ts';
import { type Act, request } from './request.ts';
import type { Stage } from './stage.ts';

/** Maximum numbers of a wallet's vouchers from one party, and from all (rules "Vouchers"). */
const mostOfOne = 4;
const mostOfParties = 24;

const ofParties = ({ lots }: ModelWallet): readonly ModelLot[] =>
  lots.filter(({ voucher }) => voucher !== undefined && voucher.funder !== operatorPartyId);

/** True if a party may fund a voucher: it has tokens without an expiry. */
function mayFund(world: Stage, partyId: string): boolean {
  const own = world.checker.model.wallets.get(walletIdOf(partyId));
  if (!own || own.closed || own.frozenBy.size > 0) return false;
  return totalOf(own.lots.filter(({ sellable, ends }) => sellable && ends === Infinity)) > 0n;
}

/** Number of a party's vouchers in a wallet, and of its transfers on their way there. */
function sentBy({ wallets, underway, sent }: ReferenceModel, partyId: string, toWalletId: string): number {
  const { spendings } = wallets.get(walletIdOf(partyId))!;
  const end = ` to ${toWalletId}`;
  const onTheirWay = [...underway.keys()].filter(
    (what) => what.endsWith(end) && sent.get(what.slice(0, -end.length))?.counters[0] === spendings,
  );
  const victim = wallets.get(toWalletId);
  const there = victim ? ofParties(victim).filter(({ voucher }) => voucher!.funder === partyId) : [];
  return there.length + onTheirWay.length;
}

/** Mostly a funder of few vouchers so far, since those of one party are bounded. */
function someFunder(world: Stage, dice: Dice, toWalletId: string): string | undefined {
  const funders = world.parties.filter((partyId) => walletIdOf(partyId) !== toWalletId && mayFund(world, partyId));
  const few = funders.filter((partyId) => sentBy(world.checker.model, partyId, toWalletId) < mostOfOne);
  const some = few.length === 0 && dice.once(4) ? funders : few;
  return some.length === 0 ? undefined : dice.one(some);
}

/**
 * Tiny, so that many are equal. Once the places are taken, as large as the smallest of them, or one
 * µAIT more or less.
 */
function someSize(dice: Dice, victim: ModelWallet | undefined): bigint {
  const there = victim ? ofParties(victim) : [];
  if (there.length < mostOfParties) return dice.tokens(dice.once(4) ? 9 : 2);
  const smallest = there.reduce((least, { tokens }) => (tokens < least ? tokens : least), there[0]!.tokens);
  const tokens = smallest + BigInt(dice.one([-1, 0, 0, 1, 1, 1]));
  return tokens > 0n ? tokens : 1n;
}

/** Small vouchers for one wallet, from all parties with tokens. */
export const flooding: Act = {
  weight: 6,
  make: (world, dice) => {
    const toWalletId = walletIdOf(world.parties[0]!);
    const funder = someFunder(world, dice, toWalletId);
    if (funder === undefined) return undefined;
    const body = {
      toWalletId,
      tokens: someSize(dice, world.checker.model.wallets.get(toWalletId)),
      terms: { shareBps: 10_000 },
    };
    const expiresAt = world.time + 400 * 86_400_000;
    const data = () => {
      const { policy } = world.directory;
      return { transferId: world.id('trf'), ...body, expiresAt, receiverKnown: true, policy };
    };
    return request(world, walletIdOf(funder), body, data, (process, command) =>
      process.wallets.handle(fundVoucher, command),
    );
  },
};
