import type { Side } from '@tokengrid/contracts';
import { purchaseTokens } from '../decisions/purchase-tokens.ts';
import { quotePrice } from '../decisions/quote-price.ts';
import { sellTokens } from '../decisions/sell-tokens.ts';
import { setBillLimit } from '../decisions/set-bill-limit.ts';
import { settlePurchase } from '../decisions/settle-purchase.ts';
import type { Dice } from './dice.ts';
import { type Act, request, someTokens, someWallet } from './request.ts';
import type { World } from './world.ts';

/** The quote that somebody names who buys or sells: none, one for it, or one for something else. */
function naming(world: World, dice: Dice, walletId: string, side: Side, tokens: bigint) {
  const quote = dice.once(3) ? world.directory.someQuote(dice, world.time) : undefined;
  if (!quote) return { walletId, tokens };
  const { quoteId } = quote;
  const isMeant = quote.side === side && !dice.once(6);
  return isMeant ? { walletId: quote.walletId, tokens: quote.tokens, quoteId } : { walletId, tokens, quoteId };
}

const buying: Act = {
  weight: 10,
  make: (world, dice) => {
    // Some so large that what they cost is not always rounded, most so small that it is.
    const some = dice.tokens(dice.once(6) ? 50_000_000 : 3000);
    const { walletId, ...what } = naming(world, dice, someWallet(world, dice), 'buy', some);
    const method = dice.once(4) ? 'payment-provider' : 'carrier-bill';
    const body = { ...what, method } as const;
    const data = () => ({ purchaseId: world.id('pur'), ...body, ...world.directory.terms(world.time) });
    return request(world, walletId, body, data, (process, command) => process.issuing.issue(purchaseTokens, command));
  },
};

const selling: Act = {
  weight: 6,
  make: (world, dice) => {
    const wallet = someWallet(world, dice);
    const { walletId, ...body } = naming(world, dice, wallet, 'sell', someTokens(world, dice, wallet, 800));
    const data = () => ({ saleId: world.id('sal'), ...body, ...world.directory.terms(world.time) });
    return request(world, walletId, body, data, async (process, command) =>
      process.issuing.freed(await process.wallets.handle(sellTokens, command)),
    );
  },
};

const quoting: Act = {
  weight: 6,
  make: (world, dice) => {
    const walletId = someWallet(world, dice);
    const side = dice.one(['buy', 'sell'] as const);
    const body = { side, tokens: someTokens(world, dice, walletId, 3000) };
    const validForSeconds = 1 + dice.roll(8);
    const data = () => {
      const { posted } = world.directory.terms(world.time);
      return { quoteId: world.id('quo'), ...body, posted, validForSeconds };
    };
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(quotePrice, command));
  },
};

/** What the payment provider says became of a purchase: mostly the truth, once, and sometimes anything. */
const notifying: Act = {
  weight: 4,
  make: (world, dice) => {
    const purchase = world.directory.somePurchase(dice);
    if (!purchase) return undefined;
    const { walletId, purchaseId, price } = purchase;
    const paid = dice.once(8) ? { ...price, amount: price.amount + 1n } : price;
    const outcome = dice.one(['succeeded', 'succeeded', 'failed'] as const);
    const words = outcome === 'failed' && dice.once(2) ? { reason: 'card declined' } : {};
    const body = { purchaseId, outcome, paid, ...(dice.once(2) && { paymentId: world.id('pay') }), ...words };
    const data = () => ({ noticeId: world.id('msg'), ...body, known: world.directory.standing(purchaseId) });
    return request(world, walletId, body, data, (process, command) => process.wallets.handle(settlePurchase, command));
  },
};

const limiting: Act = {
  weight: 1,
  make: (world, dice) => {
    const body = { monthlyLimit: dice.once(3) ? null : BigInt(dice.roll(3000)) };
    return request(
      world,
      someWallet(world, dice),
      body,
      () => body,
      (process, command) => process.wallets.handle(setBillLimit, command),
    );
  },
};

/** What is bought and sold, and what the operator and its payment provider do about it. */
export const marketActs: readonly Act[] = [buying, selling, quoting, notifying, limiting];
