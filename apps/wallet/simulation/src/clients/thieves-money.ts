import { endPlan } from '@tokengrid/wallet/decisions/grants/end-plan';
import { giveTokens } from '@tokengrid/wallet/decisions/grants/give-tokens';
import { renewPlan } from '@tokengrid/wallet/decisions/grants/renew-plan';
import { proposeResolution } from '@tokengrid/wallet/decisions/purchases/resolve-contradiction';
import { settlePurchase } from '@tokengrid/wallet/decisions/purchases/settle-purchase';
import { tokenPriceStreamId } from '@tokengrid/wallet/decisions/state/token-prices';
import { withdrawTokenPrice } from '@tokengrid/wallet/decisions/prices/withdraw-token-price';
import { persons } from './approvals.ts';
import { flooding } from './crowding.ts';
import { owingActs } from './owing.ts';
import { totalOf } from '../model/lots.ts';
import { type Act, request } from './request.ts';
import type { Stage } from './stage.ts';

/** Thieves of money: they take back the money of a purchase, and take a monthly grant twice. */
const walletsOf = (world: Stage) => [...world.checker.model.wallets.values()];

const sellableOf = (world: Stage, walletId: string): bigint =>
  totalOf(world.checker.model.wallet(walletId).lots.filter(({ sellable }) => sellable));

/**
 * The money of a purchase, whose tokens may be spent, goes back, or is disputed and won, whole or
 * nearly.
 */
const takingBack: Act = {
  weight: 6,
  make: (world, dice) => {
    const bought = walletsOf(world).flatMap(({ id, purchases }) =>
      [...purchases.values()].filter(({ paid }) => paid > 0n).map((purchase) => ({ walletId: id, purchase })),
    );
    if (bought.length === 0) return undefined;
    const spent = bought.filter(({ walletId, purchase: { credited } }) => sellableOf(world, walletId) < credited);
    const held = spent.filter(({ walletId }) => world.checker.model.wallet(walletId).holds.size > 0);
    const some = dice.one([bought.slice(-6), spent, held]);
    const { walletId, purchase } = dice.one(some.length > 0 ? some : bought.slice(-6));
    const { id: purchaseId, paid: all, paymentId, price, disputed, won } = purchase;
    const isDisputed = disputed > won;
    const kind = dice.one(['refunded', 'disputed', isDisputed ? 'dispute_won' : 'disputed', 'dispute_won'] as const);
    const amount = dice.one([all, all / 3n + 1n, all - 1n, isDisputed ? disputed - won : all]);
    const paid = { ...price, amount: amount > 0n ? amount : 1n };
    // Money of another payment is contradicted, and waits for two people.
    const payment = kind === 'dispute_won' && dice.once(isDisputed ? 2 : 3) ? world.id('pay') : paymentId;
    const body = { purchaseId, kind, paid, ...(payment !== undefined && { paymentId: payment }) };
    const data = () => {
      const { posted } = world.directory.terms(world.time);
      const known = world.directory.purchases.known(walletId, purchaseId);
      return { noticeId: world.id('msg'), ...body, posted, known };
    };
    return request(world, walletId, body, data, async (process, command) =>
      process.issuing.freed(await process.deciding.handle(process.wallets, settlePurchase, command)),
    );
  },
};

/** A payment for a purchase that no longer waits: it takes capacity anew. */
const payingLate: Act = {
  weight: 2,
  make: (world, dice) => {
    const given = walletsOf(world).flatMap(({ id, purchases }) =>
      [...purchases.values()]
        .filter(({ status }) => status !== 'pending' && status !== 'completed')
        .map((purchase) => ({ walletId: id, purchase })),
    );
    if (given.length === 0) return undefined;
    // The largest most likely lacks capacity by now.
    const largest = given.reduce((most, each) => (each.purchase.ordered > most.purchase.ordered ? each : most));
    const { walletId, purchase } = dice.once(2) ? largest : dice.one(given.slice(-12));
    const body = { purchaseId: purchase.id, kind: 'succeeded' as const, paid: purchase.price };
    const data = () => {
      const { posted } = world.directory.terms(world.time);
      const known = world.directory.purchases.known(walletId, purchase.id);
      return { noticeId: world.id('msg'), ...body, posted, known };
    };
    return request(world, walletId, body, data, async (process, command) =>
      process.issuing.freed(await process.deciding.handle(process.wallets, settlePurchase, command)),
    );
  },
};

/**
 * Credits a won dispute while less money is back with the party for it, and once more after that.
 */
const claiming: Act = {
  weight: 5,
  make: (world, dice) => {
    const { purchases: book } = world.directory;
    const won = book.allContradictions().filter(({ walletId, notice: { kind, purchaseId } }) => {
      const purchase = world.checker.model.wallets.get(walletId)?.purchases.get(purchaseId);
      return kind === 'dispute_won' && purchase?.status === 'completed';
    });
    if (won.length === 0) return undefined;
    const owed = won.filter(({ walletId, notice: { purchaseId } }) => {
      const { disputed, won: back } = world.checker.model.wallet(walletId).purchases.get(purchaseId)!;
      return disputed > back;
    });
    const fitting = owed.filter(({ isResolved }) => !isResolved);
    const some = dice.one([fitting, fitting, owed, won]);
    const contradiction = dice.one((some.length > 0 ? some : won).slice(-4));
    const body = { noticeId: contradiction.notice.noticeId, action: 'credit' as const, note: 'it was won' };
    const who = dice.once(2) ? persons[1] : dice.one(persons);
    const data = () => ({
      ...{ approvalId: world.id('apr'), ...who, action: body.action, note: body.note },
      known: book.knownContradiction(contradiction),
    });
    return request(world, contradiction.walletId, body, data, (process, command) =>
      process.deciding.handle(process.wallets, proposeResolution, command),
    );
  },
};

/** Withdraws an announced price, which may come into force meanwhile. */
const retracting: Act = {
  weight: 1,
  make: (world, dice) => {
    const toCome = world.checker.model.prices.filter(({ from, isWithdrawn }) => from > world.time && !isWithdrawn);
    if (toCome.length === 0) return undefined;
    const body = { priceVersion: dice.one(toCome).priceVersion };
    return request(
      world,
      tokenPriceStreamId,
      body,
      () => body,
      (process, command) => process.prices.handle(withdrawTokenPrice, command),
    );
  },
};

/** Ends a plan with an allotment this month, and begins the next. */
const switching: Act = {
  weight: 3,
  make: (world, dice) => {
    const given = walletsOf(world).filter(({ allotted, closed }) => allotted.size > 0 && !closed);
    if (given.length === 0) return undefined;
    const { id: walletId, plan } = dice.one(given);
    if (plan && dice.once(2)) {
      return request(
        world,
        walletId,
        { end: true },
        () => ({}),
        (process, command) => process.wallets.handle(endPlan, command),
      );
    }
    const who = dice.one(persons);
    const body = { tokens: dice.tokens(140), rolloverCap: 10n, transferable: true };
    const data = () => {
      const grant = { kind: 'plan' as const, planId: world.id('pln'), ...body };
      return { approvalId: world.id('apr'), ...who, grant, policy: world.directory.policy };
    };
    return request(world, walletId, body, data, (process, command) =>
      process.deciding.handle(process.wallets, giveTokens, command),
    );
  },
};

/** Takes a plan's tokens for a month as soon as they are due. */
const collecting: Act = {
  weight: 4,
  make: (world, dice) => {
    const due = walletsOf(world).filter(({ plan }) => plan && (plan.renews <= world.time || plan.resets <= world.time));
    if (due.length === 0) return undefined;
    return request(
      world,
      dice.one(due).id,
      { collect: true },
      () => ({}),
      (process, command) => process.deciding.handle(process.wallets, renewPlan, command),
    );
  },
};

/** Acts of thieves on payments and grants. */
export const moneyThievesActs: readonly Act[] = [
  takingBack,
  payingLate,
  claiming,
  ...owingActs,
  retracting,
  flooding,
  switching,
  collecting,
];
