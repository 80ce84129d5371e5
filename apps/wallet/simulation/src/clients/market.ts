import type { Side } from '@tokengrid/contracts';
import type { Dice } from '@tokengrid/simulation-kit';
import { purchaseTokens } from '@tokengrid/wallet/decisions/purchases/purchase-tokens';
import { quotePrice } from '@tokengrid/wallet/decisions/prices/quote-price';
import { sellTokens } from '@tokengrid/wallet/decisions/purchases/sell-tokens';
import { setBillLimit } from '@tokengrid/wallet/decisions/wallets/set-bill-limit';
import { cancelPurchase } from '@tokengrid/wallet/decisions/purchases/cancel-purchase';
import { proposeResolution } from '@tokengrid/wallet/decisions/purchases/resolve-contradiction';
import { settlePurchase } from '@tokengrid/wallet/decisions/purchases/settle-purchase';
import { persons } from './approvals.ts';
import { type Act, request, someTokens, someWallet } from './request.ts';
import { someLine } from './key-lines.ts';
import type { Stage } from './stage.ts';

/** The quote named in a purchase or sale: none, a fitting one, or another. */
function naming(world: Stage, dice: Dice, walletId: string, side: Side, tokens: bigint) {
  const quote = dice.once(3) ? world.directory.someQuote(dice, world.time) : undefined;
  if (!quote) return { walletId, tokens };
  const { quoteId } = quote;
  const isMeant = quote.side === side && !dice.once(6);
  return isMeant ? { walletId: quote.walletId, tokens: quote.tokens, quoteId } : { walletId, tokens, quoteId };
}

/** The operator, or the owner with one of its keys. */
const someOwner = (dice: Dice) => (dice.once(2) ? { line: someLine(dice) } : undefined);

/**
 * Short times, so that prices and purchases often end before they are paid, and a share that is
 * often reached.
 */
const waiting = { quoteSeconds: 4, expiresInSeconds: 15, pendingCapacityBps: 2500 };

const buying: Act = {
  weight: 10,
  make: (world, dice) => {
    // Some so large that their price is not always rounded, most so small that it is.
    const some = dice.tokens(dice.once(6) ? 50_000_000 : 3000);
    const { walletId, ...what } = naming(world, dice, someWallet(world, dice), 'buy', some);
    const method = dice.once(4) ? 'payment-provider' : 'carrier-bill';
    const body = { ...what, method } as const;
    const actor = someOwner(dice);
    const data = () => {
      const terms = world.directory.terms(world.time);
      return { purchaseId: world.id('pur'), ...body, ...terms, ...waiting, actor };
    };
    return request(world, walletId, body, data, (process, command) =>
      process.deciding.handle(process.wallets, purchaseTokens, command),
    );
  },
};

const selling: Act = {
  weight: 6,
  make: (world, dice) => {
    const wallet = someWallet(world, dice);
    const { walletId, ...body } = naming(world, dice, wallet, 'sell', someTokens(world, dice, wallet, 800));
    const actor = someOwner(dice);
    const data = () => ({ saleId: world.id('sal'), ...body, ...world.directory.terms(world.time), actor });
    return request(world, walletId, body, data, async (process, command) =>
      process.issuing.freed(await process.deciding.handle(process.wallets, sellTokens, command)),
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
    return request(world, walletId, body, data, (process, command) =>
      process.deciding.handle(process.wallets, quotePrice, command),
    );
  },
};

const kinds = ['succeeded', 'succeeded', 'succeeded', 'failed', 'refunded', 'disputed', 'dispute_won'] as const;

/** The amount in a notice: mostly the price, or a part of it that goes back; sometimes more. */
function said(dice: Dice, kind: (typeof kinds)[number], price: bigint): bigint {
  if (dice.once(10)) return price + 1n;
  const isPart = kind !== 'succeeded' && kind !== 'failed' && dice.once(2);
  return isPart ? 1n + BigInt(dice.roll(Number(price))) : price;
}

/** The payment provider's notices about a purchase, in any order. */
const notifying: Act = {
  weight: 8,
  make: (world, dice) => {
    const purchase = world.directory.purchases.some(dice);
    if (!purchase) return undefined;
    const { walletId, purchaseId, price } = purchase;
    const kind = dice.one(kinds);
    const words = kind === 'failed' && dice.once(2) ? { reason: 'card declined' } : {};
    const paymentId = dice.one([undefined, `pay_${purchaseId}`, `pay_${purchaseId}`, world.id('pay')]);
    const paid = { ...price, amount: said(dice, kind, price.amount) };
    const body = { purchaseId, kind, paid, ...(paymentId !== undefined && { paymentId }), ...words };
    const data = () => {
      const { posted } = world.directory.terms(world.time);
      return {
        noticeId: world.id('msg'),
        ...body,
        posted,
        known: world.directory.purchases.known(walletId, purchaseId),
      };
    };
    return request(world, walletId, body, data, async (process, command) =>
      process.issuing.freed(await process.deciding.handle(process.wallets, settlePurchase, command)),
    );
  },
};

const cancelling: Act = {
  weight: 2,
  make: (world, dice) => {
    const purchase = world.directory.purchases.some(dice);
    if (!purchase) return undefined;
    const { walletId, purchaseId } = purchase;
    const body = { purchaseId };
    return request(
      world,
      walletId,
      body,
      () => body,
      async (process, command) => process.issuing.freed(await process.wallets.handle(cancelPurchase, command)),
    );
  },
};

/** One person's proposal for a contradicting notice. */
const resolving: Act = {
  weight: 3,
  make: (world, dice) => {
    const contradiction = world.directory.purchases.someContradiction(dice);
    if (!contradiction) return undefined;
    const action = dice.one(['credit', 'dismiss', 'reverse'] as const);
    const body = { noticeId: contradiction.notice.noticeId, action, note: 'looked at' };
    const person = dice.one(persons);
    const data = () => ({
      ...{ approvalId: world.id('apr'), ...person, action, note: body.note },
      known: world.directory.purchases.knownContradiction(contradiction),
    });
    return request(world, contradiction.walletId, body, data, (process, command) =>
      process.deciding.handle(process.wallets, proposeResolution, command),
    );
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

/** Purchases and sales, and the acts of the operator and its payment provider about them. */
export const marketActs: readonly Act[] = [buying, selling, quoting, notifying, cancelling, resolving, limiting];
