import type { Handler, ReferenceModel } from './model.ts';
import type { At, Consequences, ModelPrice, WaitingPrice } from './state.ts';
import type { Asked } from './asked.ts';
import { decide, propose } from './approvals.ts';
import { iso } from './lots.ts';

/** rules "Prices": maximum number of announced prices. */
const mostToCome = 100;

/** The same, including those withdrawn before their time. */
const mostToComeAtAll = 1000;

const notWithdrawn = ({ prices }: ReferenceModel): readonly ModelPrice[] =>
  prices.filter((price) => !price.isWithdrawn);

/**
 * The price in force at a time: the latest whose time has come by then; of equals, the last posted.
 */
function inForce(model: ReferenceModel, time: number): ModelPrice | undefined {
  let found: ModelPrice | undefined;
  for (const price of notWithdrawn(model))
    if (price.from <= time && (!found || price.from >= found.from)) found = price;
  return found;
}

/** The price that is in force first of all. */
const firstOf = (model: ReferenceModel): ModelPrice | undefined =>
  notWithdrawn(model).reduce<ModelPrice | undefined>(
    (first, price) => (first && first.from <= price.from ? first : price),
    undefined,
  );

/** rules "Prices": the currency is the ledger's, and announced prices are bounded in number. */
function postingRefused(model: ReferenceModel, { currency, from }: WaitingPrice, { time }: At) {
  const [first] = notWithdrawn(model);
  if (first && first.currency !== currency) return { code: 'WALLET.CURRENCY_MISMATCH' };
  const toCome = model.prices.filter((price) => price.from > time);
  const announced = toCome.filter((price) => !price.isWithdrawn).length;
  const isAnnounced = from !== undefined && from > time;
  const isFull = announced >= mostToCome || toCome.length >= mostToComeAtAll;
  return isAnnounced && isFull ? { code: 'WALLET.TOO_MANY_PRICES' } : undefined;
}

/** True if an amount changes by more than so many basis points. */
const movesBeyond = (was: bigint, becomes: bigint, bps: number): boolean => {
  const most = was * BigInt(bps);
  const moved = (becomes - was) * 10_000n;
  return moved > most || -moved > most;
};

function* post(model: ReferenceModel, { currency, buy, sellBack, from }: WaitingPrice, { time }: At): Consequences {
  const begins = Math.max(time, from ?? time);
  const price = { priceVersion: model.prices.length + 1, currency, buy, sellBack };
  model.prices.push({ ...price, from: begins, isWithdrawn: false });
  yield { type: 'TokenPriceSet', data: { ...price, effectiveFrom: iso(begins) } };
}

const postTokenPrice: Handler = function* (model, asked, at) {
  const { approvalId, by, people, currency, buy, sellBack, effectiveFrom, policy } = asked;
  const price = { currency, buy, sellBack, from: effectiveFrom };
  const refused = postingRefused(model, price, at);
  if (refused) return yield { type: 'TokenPriceRefused', data: { currency, buy, sellBack, ...refused } };
  const begins = Math.max(at.time, effectiveFrom ?? at.time);
  // A price before all others is compared with the next one.
  const was = inForce(model, begins) ?? firstOf(model);
  const bps = policy.approvals.priceChangeAboveBps;
  const isFar =
    was && bps !== undefined && (movesBeyond(was.buy, buy, bps) || movesBeyond(was.sellBack, sellBack, bps));
  if (!isFar) return yield* post(model, price, at);
  const says = { currency, buy, sellBack, comparedWith: was.priceVersion };
  const effective = { effectiveFrom: effectiveFrom === undefined ? null : iso(begins) };
  // A past time of effect means now, as it does without an approval.
  const what = { ...price, from: effectiveFrom === undefined ? undefined : begins };
  yield propose('TokenPrice', model.waitingPrices, { id: approvalId, by, people, what }, {}, { ...says, ...effective });
};

const ofPrice = (approves: boolean): Handler =>
  function* (model, asked, at) {
    const barred = (price: WaitingPrice) => postingRefused(model, price, at);
    const happens = (price: WaitingPrice) => post(model, price, at);
    yield* decide(asked, { word: 'TokenPrice', waiting: model.waitingPrices, whose: {}, approves, barred, happens });
  };

/** rules "Announced prices": withdrawn until in force. */
const withdrawTokenPrice: Handler = function* (model, asked, { time }) {
  const { priceVersion } = asked as Asked & { readonly priceVersion: number };
  const price = model.prices.find((each) => each.priceVersion === priceVersion);
  const code = !price
    ? 'NOT_FOUND'
    : price.from <= time
      ? 'WALLET.PRICE_IN_FORCE'
      : price.isWithdrawn
        ? 'WALLET.PRICE_WITHDRAWN'
        : undefined;
  if (code) return yield { type: 'TokenPriceWithdrawalRefused', data: { priceVersion, code } };
  price!.isWithdrawn = true;
  yield { type: 'TokenPriceWithdrawn', data: { priceVersion } };
};

/** Handlers of token prices, by command. */
export const priceHandlers: Readonly<Record<string, Handler>> = {
  postTokenPrice,
  approveTokenPrice: ofPrice(true),
  rejectTokenPrice: ofPrice(false),
  withdrawTokenPrice,
};
