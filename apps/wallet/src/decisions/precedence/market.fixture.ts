/** Situations for each declared refusal of purchases, sales, prices and payments. */
import {
  BillLimitSet,
  ContradictionResolutionProposed,
  instantOf,
  MarketPolicyProposed,
  MarketPolicySet,
  PriceQuoted,
  TokenPriceProposed,
  TokenPriceSet,
  TokenPriceWithdrawn,
  type WalletEvent,
  walletRefusals as declared,
} from '@tokengrid/contracts';
import { precedenceCases } from '@tokengrid/kernel';
import {
  context,
  hour,
  limitedTo,
  now,
  opened,
  price,
  purchased,
  saleId,
  waiting,
  walletId,
} from '../examples.fixture.ts';
import { purchaseId } from '../examples.fixture.ts';
import { changeMarketPolicy } from '../market-policy/change-market-policy.ts';
import { approveMarketPolicy, rejectMarketPolicy } from '../market-policy/decide-market-policy.ts';
import { approveTokenPrice, rejectTokenPrice } from '../prices/decide-token-price.ts';
import { postTokenPrice } from '../prices/post-token-price.ts';
import { quotePrice } from '../prices/quote-price.ts';
import { withdrawTokenPrice } from '../prices/withdraw-token-price.ts';
import { cancelPurchase } from '../purchases/cancel-purchase.ts';
import { purchaseTokens } from '../purchases/purchase-tokens.ts';
import {
  completed,
  contradicted,
  failed,
  knownAfter,
  minor,
  notice,
  pending,
  pendingOf,
} from '../purchases/purchases.fixture.ts';
import { recordPaymentRequest } from '../purchases/record-payment-request.ts';
import { approveResolution, proposeResolution, rejectResolution } from '../purchases/resolve-contradiction.ts';
import { sellTokens } from '../purchases/sell-tokens.ts';
import { settlePurchase } from '../purchases/settle-purchase.ts';
import { mostProposals } from '../state/approvals.ts';
import { marketPolicies, openMarket } from '../state/market-policies.ts';
import { mostPendingPurchases } from '../state/pending-purchases.ts';
import { mostOpenQuotes } from '../state/quotes.ts';
import { mostAnnounced, tokenPrices } from '../state/token-prices.ts';
import { wallet } from '../state/wallet.ts';
import { barred, caps, leaving, leavingApart } from './spending.fixture.ts';

const nothing = 0n;
const ofWallet = { aggregate: wallet, given: [opened, purchased(1000n)], context };
export const exhausted = { when: { capacityLeft: nothing }, context: { system: limitedTo(nothing).system } };

const idOf = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, '0')}`;
const approvalId = idOf('apr', 1);
const first = { approvalId, by: 'first', people: ['first'] };
const second = { approvalId, by: 'second', people: ['second'] };
/** Refusals of a second person's decision: a resolved proposal, and the proposer's own decision. */
export const decidingWith = (proposal: WalletEvent['type']) => ({
  'WALLET.APPROVAL_RESOLVED': {
    given: (history: readonly WalletEvent[]) => history.filter(({ type }) => type !== proposal),
  },
  'WALLET.SAME_PRINCIPAL': { when: { people: ['first'] } },
});

const quoteId = idOf('quo', 1);
const quotedOf = (tokens: bigint, expiresAt: number, id = quoteId) =>
  PriceQuoted({
    ...{ walletId, quoteId: id, side: 'buy', tokens, price: { currency: 'CNY', amount: 1n }, priceVersion: 3 },
    expiresAt: instantOf(expiresAt),
  });
const isNoQuote = ({ type }: WalletEvent) => type !== 'PriceQuoted';
const pricing = {
  'WALLET.NO_TOKEN_PRICE': { when: { posted: undefined } },
  'WALLET.QUOTE_UNKNOWN': { when: { quoteId } },
  'WALLET.QUOTE_EXPIRED': {
    given: (history: readonly WalletEvent[]) => [...history.filter(isNoQuote), quotedOf(99n, now)],
    when: { quoteId },
  },
  'WALLET.QUOTE_MISMATCH': { given: [quotedOf(99n, now + hour)], when: { quoteId } },
};
/** Exclusive situations: a quote replaces the posted price, and only a quote expires. */
const pricingApart = [
  'WALLET.NO_TOKEN_PRICE | WALLET.QUOTE_UNKNOWN',
  'WALLET.QUOTE_UNKNOWN | WALLET.QUOTE_EXPIRED',
] as const;
const throughProvider = 'payment-provider' as const;

const noticeId = 'msg_2';
const contradiction = { ...{ purchaseId, noticeId, paymentId: 'pay_1' }, paid: minor(500n) };
const resolutionOf = (action: 'credit' | 'dismiss', kind: 'succeeded' | 'failed', number = 1) =>
  ContradictionResolutionProposed({
    ...{ walletId, ...first, approvalId: idOf('apr', number), ...contradiction, kind, action, note: 'looked at' },
    ...(number > 1 && { noticeId: `msg_${number + 1}` }),
  });
const said = contradicted('WALLET.PAYMENT_CONTRADICTED', { ...contradiction, kind: 'succeeded' });
const looked = (...history: readonly WalletEvent[]) => knownAfter(history, purchaseId);
const unpaid = looked(pending, said, failed);
/** A history with the failure, which is added once at most. */
const hasFailed = (history: readonly WalletEvent[]) => (history.includes(failed) ? history : [...history, failed]);

const terms = { currency: 'CNY', buy: 200n, sellBack: 150n };
const priceSet = (priceVersion: number, from: number) =>
  TokenPriceSet({ priceVersion, ...terms, effectiveFrom: instantOf(from) });
const announced = Array.from({ length: mostAnnounced }, (_, index) => priceSet(index + 2, now + hour + index));
const dearer = { ...terms, buy: 400n };
const priceProposal = (number = 1, effectiveFrom: string | null = null) =>
  TokenPriceProposed({ ...first, approvalId: idOf('apr', number), ...dearer, comparedWith: 1, effectiveFrom });
const isPriceProposal = ({ type }: WalletEvent) => type === 'TokenPriceProposed';
const inFuture = instantOf(now + 9 * hour);
const posted = { ...terms, priceVersion: 1, effectiveFrom: now };
const ofPrices = { aggregate: tokenPrices, context };

const { version: _, ...open } = openMarket;
const strict = { ...open, approvals: { grantsAbove: 100n, priceChangeAboveBps: 500 } };
const policyProposal = (number = 1) => MarketPolicyProposed({ ...first, approvalId: idOf('apr', number), ...open });
const ofPolicies = { aggregate: marketPolicies, given: [MarketPolicySet({ ...strict, version: 1 })] };
const upTo = <T>(length: number, of: (number: number) => T): readonly T[] =>
  Array.from({ length }, (_each, index) => of(index + 2));

export const marketCases = {
  quotePrice: precedenceCases(
    {
      ...{ ...ofWallet, decide: quotePrice },
      when: { quoteId, side: 'buy', tokens: 10n, posted: price, validForSeconds: 60 },
    },
    declared.quotePrice,
    {
      'WALLET.NO_TOKEN_PRICE': pricing['WALLET.NO_TOKEN_PRICE'],
      'WALLET.TOO_MANY_QUOTES': {
        given: upTo(mostOpenQuotes, (number) => quotedOf(1n, now + hour, idOf('quo', number))),
      },
    },
  ),
  purchaseTokens: precedenceCases(
    {
      ...{ ...ofWallet, decide: purchaseTokens },
      when: { purchaseId, tokens: 10n, method: 'carrier-bill', posted: price, policy: openMarket, ...waiting },
    },
    declared.purchaseTokens,
    {
      ...pricing,
      ...barred,
      'WALLET.LIMIT_EXCEEDED bill-monthly': { given: [BillLimitSet({ walletId, monthlyLimit: nothing })] },
      'WALLET.LIMIT_EXCEEDED provider-monthly': {
        when: { method: throughProvider, policy: { ...openMarket, providerMonthly: nothing } },
      },
      'WALLET.TOO_MANY_PURCHASES': {
        given: upTo(mostPendingPurchases, (number) => pendingOf(idOf('pur', number))),
        when: { method: throughProvider },
      },
      ...caps,
      'WALLET.ISSUANCE_EXHAUSTED': exhausted,
    },
    [
      ...pricingApart,
      // A billed purchase does not use the provider, and no cap counts its money.
      'WALLET.LIMIT_EXCEEDED bill-monthly | WALLET.LIMIT_EXCEEDED provider-monthly',
      'WALLET.TOO_MANY_PURCHASES | WALLET.LIMIT_EXCEEDED member-daily',
    ],
  ),
  sellTokens: precedenceCases(
    { ...ofWallet, decide: sellTokens, when: { saleId, tokens: 10n, posted: price, policy: openMarket } },
    declared.sellTokens,
    {
      ...pricing,
      ...barred,
      'WALLET.SELLING_OFF': { when: { policy: { ...openMarket, selling: { allowed: false } } } },
      'WALLET.LIMIT_EXCEEDED selling-monthly': {
        when: { policy: { ...openMarket, selling: { allowed: true, monthlyCap: nothing } } },
      },
      ...caps,
      ...leaving,
    },
    [...pricingApart, 'WALLET.SELLING_OFF | WALLET.LIMIT_EXCEEDED selling-monthly', ...leavingApart],
  ),
  cancelPurchase: precedenceCases(
    { ...ofWallet, given: [opened, pending], decide: cancelPurchase, when: { purchaseId } },
    declared.cancelPurchase,
    { 'WALLET.PURCHASE_RESOLVED': { given: [failed] } },
  ),
  recordPaymentRequest: precedenceCases(
    {
      ...{ ...ofWallet, given: [opened, pending], decide: recordPaymentRequest },
      when: { purchaseId, answer: { taken: true, paymentId: 'pay_1' } },
    },
    declared.recordPaymentRequest,
    { 'WALLET.PAYMENT_REFUSED': { when: { answer: { taken: false, reason: 'declined' } } } },
  ),
  settlePurchase: precedenceCases(
    {
      ...{ ...ofWallet, given: [opened, pending], decide: settlePurchase },
      when: { ...notice(), known: looked(pending) },
    },
    declared.settlePurchase,
    {
      'WALLET.PAYMENT_MISMATCH': { when: { paid: minor(499n) } },
      'WALLET.PAYMENT_CONTRADICTED': {
        given: [completed],
        when: { paymentId: 'pay_2', known: looked(pending, completed) },
      },
      'WALLET.PURCHASE_RESOLVED': { given: [completed], when: { known: looked(pending, completed) } },
      'WALLET.PAYMENT_FAILED': { when: { kind: 'failed' } },
      'WALLET.NOTHING_BOUGHT': { given: [failed], when: { posted: undefined, known: looked(pending, failed) } },
      'WALLET.ISSUANCE_EXHAUSTED': {
        ...exhausted,
        given: [failed],
        when: { capacityLeft: nothing, known: looked(pending, failed) },
      },
    },
    // A notice has one outcome, which depends on the notices before it.
    [
      'WALLET.PAYMENT_MISMATCH | WALLET.PAYMENT_CONTRADICTED',
      'WALLET.PAYMENT_CONTRADICTED | WALLET.PURCHASE_RESOLVED',
      'WALLET.PURCHASE_RESOLVED | WALLET.PAYMENT_FAILED',
      'WALLET.PAYMENT_FAILED | WALLET.NOTHING_BOUGHT',
      'WALLET.NOTHING_BOUGHT | WALLET.ISSUANCE_EXHAUSTED',
    ],
  ),
  proposeResolution: precedenceCases(
    {
      ...{ ...ofWallet, given: [opened, pending, completed, said], decide: proposeResolution },
      when: {
        ...{ ...first, action: 'dismiss', note: 'looked at' },
        known: { ...looked(pending, completed, said), notice: { ...contradiction, kind: 'failed' }, isResolved: false },
      },
    },
    declared.proposeResolution,
    {
      'WALLET.CONTRADICTION_RESOLVED': { given: [resolutionOf('dismiss', 'failed')] },
      'WALLET.RESOLUTION_UNFIT': { when: { action: 'credit' } },
      'WALLET.TOO_MANY_APPROVALS': {
        given: upTo(mostProposals, (number) => resolutionOf('dismiss', 'failed', number)),
      },
    },
  ),
  approveResolution: precedenceCases(
    {
      ...{
        ...ofWallet,
        given: [opened, pending, said, resolutionOf('credit', 'succeeded')],
        decide: approveResolution,
      },
      when: { ...second, posted: price, known: looked(pending, said) },
    },
    declared.approveResolution,
    {
      ...decidingWith('ContradictionResolutionProposed'),
      'WALLET.RESOLUTION_UNFIT': { given: [completed], when: { known: looked(pending, said, completed) } },
      'WALLET.NOTHING_BOUGHT': { given: hasFailed, when: { posted: undefined, known: unpaid } },
      'WALLET.ISSUANCE_EXHAUSTED': { ...exhausted, given: hasFailed, when: { capacityLeft: nothing, known: unpaid } },
    },
    ['WALLET.RESOLUTION_UNFIT | WALLET.NOTHING_BOUGHT'],
  ),
  rejectResolution: precedenceCases(
    {
      ...{ ...ofWallet, given: [opened, pending, said, resolutionOf('credit', 'succeeded')], decide: rejectResolution },
      when: second,
    },
    declared.rejectResolution,
    decidingWith('ContradictionResolutionProposed'),
  ),
  postTokenPrice: precedenceCases(
    {
      ...{ ...ofPrices, given: [priceSet(1, now)], decide: postTokenPrice },
      when: {
        ...{ ...first, ...terms, effectiveFrom: now + 9 * hour },
        ...{ policy: { ...openMarket, approvals: { priceChangeAboveBps: 1000 } } },
        known: { at: now, posted: 1, withdrawn: 0, since: [posted] },
      },
    },
    declared.postTokenPrice,
    {
      'WALLET.CURRENCY_MISMATCH': { when: { currency: 'USD' } },
      'WALLET.TOO_MANY_PRICES': {
        given: announced,
        when: { known: { at: now, posted: mostAnnounced + 1, withdrawn: 0, since: [posted] } },
      },
      'WALLET.TOO_MANY_APPROVALS': { given: upTo(mostProposals, priceProposal), when: { buy: 400n } },
    },
  ),
  approveTokenPrice: precedenceCases(
    { ...ofPrices, given: [priceSet(1, now), priceProposal()], decide: approveTokenPrice, when: second },
    declared.approveTokenPrice,
    {
      ...decidingWith('TokenPriceProposed'),
      'WALLET.CURRENCY_MISMATCH': {
        given: (history) => [
          ...history.filter((event) => !isPriceProposal(event)),
          TokenPriceProposed({ ...first, ...dearer, currency: 'USD', comparedWith: 1, effectiveFrom: inFuture }),
        ],
      },
      'WALLET.TOO_MANY_PRICES': {
        given: (history) => [
          ...history.filter((event) => !isPriceProposal(event)),
          ...announced,
          priceProposal(1, inFuture),
        ],
      },
    },
  ),
  rejectTokenPrice: precedenceCases(
    { ...ofPrices, given: [priceSet(1, now), priceProposal()], decide: rejectTokenPrice, when: second },
    declared.rejectTokenPrice,
    decidingWith('TokenPriceProposed'),
  ),
  withdrawTokenPrice: precedenceCases(
    {
      ...{ ...ofPrices, given: [priceSet(1, now), priceSet(2, now + hour)], decide: withdrawTokenPrice },
      when: { priceVersion: 2 },
    },
    declared.withdrawTokenPrice,
    {
      NOT_FOUND: { given: () => [priceSet(1, now)] },
      'WALLET.PRICE_WITHDRAWN': { given: [TokenPriceWithdrawn({ priceVersion: 2 })] },
      'WALLET.PRICE_IN_FORCE': { context: { time: now + hour } },
    },
    // A withdrawn price is forgotten once its time has come.
    ['WALLET.PRICE_WITHDRAWN | WALLET.PRICE_IN_FORCE'],
  ),
  changeMarketPolicy: precedenceCases(
    { ...ofPolicies, decide: changeMarketPolicy, when: { ...first, terms: open } },
    declared.changeMarketPolicy,
    { 'WALLET.TOO_MANY_APPROVALS': { given: upTo(mostProposals, policyProposal) } },
  ),
  approveMarketPolicy: precedenceCases(
    { ...ofPolicies, given: [...ofPolicies.given, policyProposal()], decide: approveMarketPolicy, when: second },
    declared.approveMarketPolicy,
    decidingWith('MarketPolicyProposed'),
  ),
  rejectMarketPolicy: precedenceCases(
    { ...ofPolicies, given: [...ofPolicies.given, policyProposal()], decide: rejectMarketPolicy, when: second },
    declared.rejectMarketPolicy,
    decidingWith('MarketPolicyProposed'),
  ),
};
