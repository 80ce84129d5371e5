import { reopenWallet } from '../decisions/reopen-wallet.ts';
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

/** What undoes something. */
export const givingBackActs: readonly Act[] = [reopening];
