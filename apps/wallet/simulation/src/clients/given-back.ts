import { orderFeesRetirement } from '@tokengrid/wallet/decisions/usage/order-fees-retirement';
import { reopenWallet } from '@tokengrid/wallet/decisions/wallets/reopen-wallet';
import { feesStreamId } from '@tokengrid/wallet/decisions/state/fees';
import { returnVoucher } from '@tokengrid/wallet/decisions/transfers/return-voucher';
import { wallet } from '@tokengrid/wallet/decisions/state/wallet';
import { type Act, request, someWallet } from './request.ts';

const reopening: Act = {
  weight: 1,
  make: (world, dice) =>
    request(
      world,
      someWallet(world, dice),
      { reopen: true },
      () => ({}),
      (process, command) => process.wallets.handle(reopenWallet, command),
    ),
};

/** Mostly vouchers of the wallet; some that it never had, or no longer has. */
const returning: Act = {
  weight: 2,
  make: (world, dice) => {
    const walletId = someWallet(world, dice);
    const state = world.checker.state(wallet, walletId);
    const vouchers = state.opened ? state.arrivals : [];
    const body = { voucherId: vouchers.length === 0 || dice.once(6) ? world.id('trf') : dice.one(vouchers) };
    return request(
      world,
      walletId,
      body,
      () => body,
      (process, command) => process.wallets.handle(returnVoucher, command),
    );
  },
};

/** All fees, some of them, or more than there are. */
const retiringFees: Act = {
  weight: 1,
  make: (world, dice) => {
    const body = dice.once(2) ? {} : { tokens: dice.tokens(400) };
    const collected = () => world.lanesFees().map((tokens, lane) => ({ lane, tokens }));
    return request(
      world,
      feesStreamId,
      body,
      () => ({ retirementId: world.id('frt'), ...body, collected: collected() }),
      (process, command) => process.fees.handle(orderFeesRetirement, command),
    );
  },
};

/** Acts that undo something. */
export const givingBackActs: readonly Act[] = [reopening, returning, retiringFees];
