import type { Asked, At, Consequences, Expected, Handler, ModelWallet, Posted, ReferenceModel } from './model.ts';
import { known } from './model.ts';
import { upToDate } from './model-expiry.ts';
import { iso } from './model-lots.ts';
import { planGift } from './model-plans.ts';
import { voucherGift } from './model-vouchers.ts';
import { grantGift } from './model-wallets.ts';

/** README: at most 10 wait per wallet, 10 for the price and 10 for the policy. */
const mostWaiting = 10;

/** What waits for a second person: in a wallet, for the price, or for the market policy. */
export interface Waiting<What> {
  readonly id: string;
  /** The key that asked. */
  readonly by: string;
  readonly what: What;
}

/** A price that waits; without a time it holds as soon as it is approved. */
export interface WaitingPrice {
  readonly currency: string;
  readonly buy: bigint;
  readonly sellBack: bigint;
  readonly from: number | undefined;
}

/** A grant, a voucher or a plan, as it is asked for. */
export interface Gift extends Readonly<Record<string, unknown>> {
  readonly kind: string;
  readonly tokens: bigint;
  /** Absent or null: never, or not for the like of it. */
  readonly expiresAt?: string | null;
}

interface Refusal {
  readonly code: string;
  readonly available?: bigint;
  readonly required?: bigint;
}

/** One kind of what the operator gives. */
export interface Giving {
  /** Why the wallet may not have it, whatever the capacity. */
  barred(wallet: ModelWallet, asked: Asked, at: At): Refusal | undefined;
  /** Why there are no tokens for it. */
  short(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Refusal | undefined;
  refused(wallet: ModelWallet, asked: Asked, refusal: Refusal): Expected;
  give(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences;
}

const kinds: Readonly<Record<string, Giving>> = { grant: grantGift, voucher: voucherGift, plan: planGift };

/** A gift as if it alone were asked for. */
function alone({ expiresAt, ...gift }: Gift, { capacityLeft }: Asked): Asked {
  const end = typeof expiresAt === 'string' ? Date.parse(expiresAt) : undefined;
  return { ...gift, capacityLeft, expiresAt: end } as unknown as Asked;
}

/** What is more than one person may give waits, if it could be given at all; it takes no capacity meanwhile. */
const giveTokens = upToDate(function* (model, wallet, asked, at) {
  const { gift, approvalId, by, policy } = asked as Asked & { readonly gift: Gift };
  const giving = kinds[gift.kind]!;
  const wanted = alone(gift, asked);
  const most = policy.approvals.grantsAbove;
  const waits = most !== undefined && most < gift.tokens;
  const barred = giving.barred(wallet, wanted, at) ?? (waits ? undefined : giving.short(model, wallet, wanted, at));
  if (barred) return yield giving.refused(wallet, wanted, barred);
  if (!waits) return yield* giving.give(model, wallet, wanted, at);
  yield propose('Grant', wallet.waiting, { id: approvalId, by, what: gift }, { walletId: wallet.id }, { gift });
});

/** Something begins to wait, unless too much waits already. */
function propose<What>(
  word: string,
  waiting: Waiting<What>[],
  one: Waiting<What>,
  whose: Expected['data'],
  says: Expected['data'],
): Expected {
  const proposal = { ...whose, approvalId: one.id, by: one.by };
  if (waiting.length >= mostWaiting) {
    const data = { ...proposal, action: 'propose', code: 'APPROVAL.TOO_MANY' };
    return { type: `${word}ApprovalRefused`, data };
  }
  waiting.push(one);
  return { type: `${word}Proposed`, data: known({ ...proposal, ...says }) };
}

/** What a second person's word does, and where it is not enough. */
interface Deciding<What> {
  readonly word: string;
  readonly waiting: Waiting<What>[];
  readonly whose: Expected['data'];
  readonly approves: boolean;
  /** Why it cannot be done now. Then it waits on. */
  barred?(what: What): Refusal | undefined;
  happens(what: What): Consequences;
}

/** Only another key than the one that asked decides, and only what still waits; that is over then, whatever was decided. */
function* decide<What>(asked: Asked, deciding: Deciding<What>): Consequences {
  const { approvalId, by, reason } = asked;
  const { word, waiting, whose, approves, happens } = deciding;
  const approval = { ...whose, approvalId, by };
  const one = waiting.find(({ id }) => id === approvalId);
  const own = one?.by === by ? { code: 'APPROVAL.SAME_PRINCIPAL' } : undefined;
  const refused = one ? (own ?? (approves ? deciding.barred?.(one.what) : undefined)) : { code: 'APPROVAL.RESOLVED' };
  if (refused) {
    const data = { ...approval, action: approves ? 'approve' : 'reject', ...refused };
    return yield { type: `${word}ApprovalRefused`, data };
  }
  waiting.splice(waiting.indexOf(one!), 1);
  if (!approves) return yield { type: `${word}Rejected`, data: known({ ...approval, reason }) };
  yield { type: `${word}Approved`, data: approval };
  yield* happens(one!.what);
}

const ofGift = (approves: boolean): Handler =>
  upToDate(function* (model, wallet, asked, at) {
    const { waiting, id: walletId } = wallet;
    yield* decide(asked, {
      word: 'Grant',
      waiting,
      whose: { walletId },
      approves,
      barred: (gift) => {
        const [giving, wanted] = [kinds[gift.kind]!, alone(gift, asked)];
        const refused = giving.barred(wallet, wanted, at) ?? giving.short(model, wallet, wanted, at);
        return refused?.code === 'WALLET.EXPIRY_PASSED' ? { code: 'APPROVAL.OUTDATED' } : refused;
      },
      happens: (gift) => kinds[gift.kind]!.give(model, wallet, alone(gift, asked), at),
    });
  });

/** The price that will be in force at a time: the latest whose time has come by then; of equals, the last posted. */
function inForce(model: ReferenceModel, time: number): Posted | undefined {
  let found: (Posted & { readonly from: number }) | undefined;
  for (const price of model.prices) if (price.from <= time && (!found || price.from >= found.from)) found = price;
  return found;
}

/** The price that is in force first of all. */
const firstOf = ({ prices }: ReferenceModel): Posted | undefined =>
  prices.reduce<(Posted & { readonly from: number }) | undefined>(
    (first, price) => (first && first.from <= price.from ? first : price),
    undefined,
  );

/** Whether an amount moves by more than so many ten-thousandths of what it was. */
const movesBeyond = (was: bigint, becomes: bigint, bps: number): boolean => {
  const most = was * BigInt(bps);
  const moved = (becomes - was) * 10_000n;
  return moved > most || -moved > most;
};

function* post(model: ReferenceModel, { currency, buy, sellBack, from }: WaitingPrice, { time }: At): Consequences {
  const begins = Math.max(time, from ?? time);
  const price = { priceVersion: model.prices.length + 1, currency, buy, sellBack };
  model.prices.push({ ...price, from: begins });
  yield { type: 'TokenPriceSet', data: { ...price, effectiveFrom: iso(begins) } };
}

const postTokenPrice: Handler = function* (model, asked, at) {
  const { approvalId, by, currency, buy, sellBack, effectiveFrom, policy } = asked;
  const begins = Math.max(at.time, effectiveFrom ?? at.time);
  // Who comes before all others is compared with who comes next.
  const was = inForce(model, begins) ?? firstOf(model);
  const bps = policy.approvals.priceChangeAboveBps;
  const isFar =
    was &&
    bps !== undefined &&
    (was.currency !== currency || movesBeyond(was.buy, buy, bps) || movesBeyond(was.sellBack, sellBack, bps));
  const price = { currency, buy, sellBack, from: effectiveFrom };
  if (!isFar) return yield* post(model, price, at);
  const says = { currency, buy, sellBack, comparedWith: was.priceVersion };
  const effective = { effectiveFrom: effectiveFrom === undefined ? null : iso(begins) };
  // What is for the past is from now on, as it is without an approval.
  const what = { ...price, from: effectiveFrom === undefined ? undefined : begins };
  yield propose('TokenPrice', model.waitingPrices, { id: approvalId, by, what }, {}, { ...says, ...effective });
};

const ofPrice = (approves: boolean): Handler =>
  function* (model, asked, at) {
    const happens = (price: WaitingPrice) => post(model, price, at);
    yield* decide(asked, { word: 'TokenPrice', waiting: model.waitingPrices, whose: {}, approves, happens });
  };

/** A threshold is looser where more may be done alone: higher, or not there any more. */
const isLooser = (was: bigint | number | undefined, becomes: bigint | number | undefined): boolean =>
  was !== undefined && (becomes === undefined || becomes > was);

function* setPolicy(model: ReferenceModel, policy: Asked['policy']): Consequences {
  model.policies += 1;
  model.approvals = policy.approvals;
  yield { type: 'MarketPolicySet', data: known({ ...policy, version: model.policies }) };
}

const changeMarketPolicy: Handler = function* (model, asked) {
  const { approvalId, by, terms } = asked as unknown as Asked & { readonly terms: Asked['policy'] };
  const [was, becomes] = [model.approvals, terms.approvals];
  const loosens =
    isLooser(was.grantsAbove, becomes.grantsAbove) || isLooser(was.priceChangeAboveBps, becomes.priceChangeAboveBps);
  if (!loosens) return yield* setPolicy(model, terms);
  yield propose('MarketPolicy', model.waitingPolicies, { id: approvalId, by, what: terms }, {}, { ...terms });
};

const ofPolicy = (approves: boolean): Handler =>
  function* (model, asked) {
    const happens = (policy: Asked['policy']) => setPolicy(model, policy);
    yield* decide(asked, { word: 'MarketPolicy', waiting: model.waitingPolicies, whose: {}, approves, happens });
  };

/** What the operator gives, posts and allows, alone or by two persons, by the names of the decisions. */
export const approvalHandlers: Readonly<Record<string, Handler>> = {
  giveTokens,
  approveGift: ofGift(true),
  rejectGift: ofGift(false),
  postTokenPrice,
  approveTokenPrice: ofPrice(true),
  rejectTokenPrice: ofPrice(false),
  changeMarketPolicy,
  approveMarketPolicy: ofPolicy(true),
  rejectMarketPolicy: ofPolicy(false),
};
