/** Situations for each declared refusal of transfers, holds, charges and returns. */
import {
  BillLimitSet,
  ExhaustionPolicySet,
  MemberSet,
  MemberSuspended,
  PurchaseReversed,
  SpendLimitsSet,
  VoucherIssued,
  type VoucherTerms,
  WalletClosed,
  type WalletEvent,
  WalletFrozen,
  walletRefusals as declared,
  instantOf,
} from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { precedenceCases } from '@tokengrid/kernel';
import {
  available,
  captureId,
  charge,
  charged,
  context,
  from,
  granted,
  holdId,
  hour,
  limitedTo,
  now,
  opened,
  otherWalletId,
  partyId,
  placed,
  price,
  purchased,
  purchaseId,
  sentOn,
  sliceHeld,
  sliceId,
  to,
  transferId,
  walletId,
} from '../examples.fixture.ts';
import type { Actor } from '../rules/actors.ts';
import { captureHold } from '../holds/capture-hold.ts';
import { extendHold } from '../holds/extend-hold.ts';
import { placeHold } from '../holds/place-hold.ts';
import { releaseHold } from '../holds/release-hold.ts';
import { releaseSlice } from '../holds/release-slice.ts';
import { mostOpenHolds } from '../state/holds.ts';
import { openMarket } from '../state/market-policies.ts';
import { mostMembers } from '../state/spending.ts';
import { mostVouchers } from '../state/vouchers.ts';
import { type Wallet, wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { fundVoucher } from '../transfers/fund-voucher.ts';
import { receiveTokens } from '../transfers/receive-tokens.ts';
import { returnVoucher } from '../transfers/return-voucher.ts';
import { sendTokens } from '../transfers/send-tokens.ts';
import { type ChargeWallet, chargeWallet } from '../usage/charge-wallet.ts';
import { holdSlice } from '../usage/hold-slice.ts';
import { renewSlice } from '../usage/renew-slice.ts';

const child = 'sub_child';
const first = 'key_first';
const nothing = 0n;
/** An amount beyond each balance of these histories, in µAIT. */
const tooMany = 2_000_000n;

const asChild = { line: [], memberId: child };
export const withFirst = { line: [first] };
export const childSet = MemberSet({ walletId, memberId: child });
export const firstSet = MemberSet({ walletId, memberId: first });

const frozen = { given: [WalletFrozen({ walletId, status: 'frozen', by: 'operator' })] };
export const closed = { given: [WalletClosed({ walletId, status: 'closed' })] };
export const inDebt = {
  given: [
    PurchaseReversed({
      ...{ walletId, purchaseId, kind: 'refund', price: { currency: 'CNY', amount: 1n } },
      ...{ tokens: 1n, debt: 1n, lots: [], postings: [] },
    }),
  ],
};
/** Situations that bar every debit of a wallet. */
export const barred = { 'WALLET.CLOSED': closed, 'WALLET.FROZEN': frozen, 'WALLET.IN_DEBT': inDebt };

const membership = {
  'WALLET.NOT_A_MEMBER': { when: { actor: asChild } },
  'WALLET.MEMBER_SUSPENDED': {
    given: [childSet, MemberSuspended({ walletId, memberId: child, partyRevision: 2 })],
    when: { actor: asChild },
  },
};
const limits = {
  'WALLET.LIMIT_EXCEEDED daily': {
    given: [SpendLimitsSet({ walletId, daily: nothing, monthly: nothing, alertsAt: [] })],
  },
  'WALLET.LIMIT_EXCEEDED monthly': { given: [SpendLimitsSet({ walletId, monthly: nothing, alertsAt: [] })] },
};
export const caps = {
  'WALLET.LIMIT_EXCEEDED member-daily': {
    given: [MemberSet({ walletId, memberId: first, daily: nothing, monthly: nothing, total: nothing })],
    when: { actor: withFirst },
  },
  'WALLET.LIMIT_EXCEEDED member-monthly': {
    given: [MemberSet({ walletId, memberId: first, monthly: nothing, total: nothing })],
    when: { actor: withFirst },
  },
  'WALLET.LIMIT_EXCEEDED member-total': {
    given: [MemberSet({ walletId, memberId: first, total: nothing })],
    when: { actor: withFirst },
  },
};
const spending = { ...membership, ...limits, ...caps };
const short = { when: { tokens: tooMany } };
export const leaving = {
  'WALLET.NOT_TRANSFERABLE': { given: () => [opened, granted(1000n, { transferable: false })] },
  'WALLET.INSUFFICIENT_TOKENS': short,
};

const voucherOf = (lotId: string, of: Partial<VoucherTerms> = {}) =>
  VoucherIssued({
    ...{ walletId, voucherId: `vch_${'1'.repeat(26)}`, tokens: 1n },
    lot: {
      ...{ lotId, source: 'voucher', tokens: 1n, priority: 10, expiresAt: instantOf(now + hour), transferable: false },
      voucher: { funder: 'operator', shareBps: 10_000, ...of },
    },
    postings: [from('lane:0:issuance', 1n), to(available, 1n)],
  });
export const manyVouchers = { given: Array.from({ length: mostVouchers }, (_, index) => voucherOf(`x${index}`)) };

const funder = `org_${'c'.repeat(26)}`;
const ofWallet = { aggregate: wallet, given: [opened, purchased(1000n)], context };
const transfer = { transferId, toWalletId: otherWalletId, tokens: 10n, receiverKnown: true, policy: openMarket };
const voucher = { ...transfer, terms: { shareBps: 5000 }, expiresAt: now + hour };
const arrival = {
  ...{ transferId, walletId, fromWalletId: otherWalletId, tokens: 1n, sentOn },
  parcels: [{ tokens: 1n, expiresAt: instantOf(now + hour) }],
};
const sending = {
  ...barred,
  'WALLET.SENDING_OFF': { when: { policy: { ...openMarket, sending: { allowed: false } } } },
  'WALLET.LIMIT_EXCEEDED sending-monthly': {
    when: { policy: { ...openMarket, sending: { allowed: true, monthlyCap: nothing } } },
  },
  ...spending,
  ...leaving,
};
/**
 * Exclusive situations: switched off or capped, no member or suspended, not transferable or
 * insufficient.
 */
const sendingApart = [
  'WALLET.SENDING_OFF | WALLET.LIMIT_EXCEEDED sending-monthly',
  'WALLET.NOT_A_MEMBER | WALLET.MEMBER_SUSPENDED',
  'WALLET.NOT_TRANSFERABLE | WALLET.INSUFFICIENT_TOKENS',
] as const;
export const leavingApart = ['WALLET.NOT_TRANSFERABLE | WALLET.INSUFFICIENT_TOKENS'] as const;

const known = { status: 'open', expiresAt: now + hour } as const;
const hold = { holdId, tokens: 10n, expiresInSeconds: 60, reason: 'a use' };
const manyHolds = Array.from({ length: mostOpenHolds }, (_, index) =>
  placed([{ lotId: purchaseId, tokens: 1n }], { holdId: `hld_${index}` }),
);
const held = placed([{ lotId: purchaseId, tokens: 40n }]);
const ofHold = { ...ofWallet, given: [opened, purchased(1000n), held] };
const withoutHold = (history: readonly WalletEvent[]) => history.filter(({ type }) => type !== 'HoldPlaced');
const gone = {
  'WALLET.HOLD_EXPIRED': { given: withoutHold, when: { known: { status: 'expired', expiresAt: now } } },
  'WALLET.HOLD_RESOLVED': { given: withoutHold, when: { known: { status: 'captured', expiresAt: now } } },
} as const;
const holdRights = {
  ...membership,
  // A hold of another party does not exist for a member.
  NOT_FOUND: { given: [childSet], when: { actor: asChild } },
};
/** Exclusive situations: a resolved hold belongs to no one, and has ended in one way only. */
const holdApart = [
  'WALLET.NOT_A_MEMBER | WALLET.MEMBER_SUSPENDED',
  'NOT_FOUND | WALLET.HOLD_EXPIRED',
  'WALLET.HOLD_EXPIRED | WALLET.HOLD_RESOLVED',
] as const;
const heldByMany = placed([{ lotId: purchaseId, tokens: 40n }], {
  memberIds: Array.from({ length: mostMembers }, (_, index) => `key_${index}`),
});

const slice = {
  ...{ sliceId, partyId, gatewayId: 'gateway-1', number: 1, scope: [{ model: 'qwen' }] },
  ...{ tokens: 10n, atLeast: 1n, spare: 0n, expiresAt: now + hour },
};
const heldSlice = sliceHeld([{ lotId: purchaseId, tokens: 40n }]);
const spent = (tokens: bigint) => charged(tokens, [{ lotId: purchaseId, tokens }]);

const billing = (monthlyCap: bigint | null = null) => ExhaustionPolicySet({ walletId, action: 'bill', monthlyCap });
const beyond = { tokens: tooMany };

interface OneUse extends Pick<ChargeWallet, 'market' | 'capacityLeft'> {
  readonly tokens: bigint;
  readonly actor?: Actor;
}
const chargeOne = (state: Wallet, { tokens, actor, ...terms }: OneUse, at: DecisionContext<WalletLane>) =>
  chargeWallet(state, { ...charge(tokens, actor), ...terms }, at);

export const spendingCases = {
  sendTokens: precedenceCases(
    { ...ofWallet, decide: sendTokens, when: transfer },
    declared.sendTokens,
    { NOT_FOUND: { when: { receiverKnown: false } }, ...sending },
    sendingApart,
  ),
  fundVoucher: precedenceCases(
    { ...ofWallet, decide: fundVoucher, when: voucher },
    declared.fundVoucher,
    {
      NOT_FOUND: { when: { receiverKnown: false } },
      'WALLET.EXPIRY_PASSED': { when: { expiresAt: now } },
      ...sending,
    },
    sendingApart,
  ),
  receiveTokens: precedenceCases({ ...ofWallet, decide: receiveTokens, when: arrival }, declared.receiveTokens, {
    'WALLET.NOT_OPEN': { given: () => [] },
    'WALLET.CLOSED': closed,
    'WALLET.TOO_MANY_VOUCHERS': { ...manyVouchers, when: { voucher: { funder, shareBps: 5000 } } },
  }),
  returnVoucher: precedenceCases(
    { ...ofWallet, given: [opened, voucherOf('v', { funder })], decide: returnVoucher, when: { voucherId: 'v' } },
    declared.returnVoucher,
    {
      'WALLET.CLOSED': closed,
      'WALLET.FROZEN': frozen,
      NOT_FOUND: { given: () => [opened] },
      'WALLET.NOT_RETURNABLE': { given: () => [opened, voucherOf('v')] },
    },
    ['NOT_FOUND | WALLET.NOT_RETURNABLE'],
  ),
  placeHold: precedenceCases(
    { ...ofWallet, decide: placeHold, when: hold },
    declared.placeHold,
    {
      ...barred,
      'WALLET.TOO_MANY_HOLDS': { given: manyHolds },
      ...spending,
      'WALLET.INSUFFICIENT_TOKENS': short,
    },
    ['WALLET.NOT_A_MEMBER | WALLET.MEMBER_SUSPENDED'],
  ),
  extendHold: precedenceCases(
    { ...ofHold, decide: extendHold, when: { holdId, tokens: 10n, known } },
    declared.extendHold,
    {
      ...holdRights,
      ...gone,
      ...barred,
      'WALLET.TOO_MANY_MEMBERS': {
        given: (history) => [...withoutHold(history), heldByMany, firstSet],
        when: { actor: withFirst },
      },
      ...limits,
      ...caps,
      'WALLET.INSUFFICIENT_TOKENS': short,
    },
    holdApart,
  ),
  captureHold: precedenceCases(
    { ...ofHold, decide: captureHold, when: { holdId, captureId, tokens: 10n, final: false, known } },
    declared.captureHold,
    { ...holdRights, ...gone, ...caps },
    [...holdApart, 'WALLET.HOLD_RESOLVED | WALLET.LIMIT_EXCEEDED member-daily'],
  ),
  releaseHold: precedenceCases(
    { ...ofHold, decide: releaseHold, when: { holdId, known } },
    declared.releaseHold,
    { ...holdRights, ...gone },
    holdApart,
  ),
  holdSlice: precedenceCases(
    { ...ofWallet, decide: holdSlice, when: slice },
    declared.holdSlice,
    {
      ...barred,
      'WALLET.TOO_MANY_HOLDS': { given: manyHolds },
      ...spending,
      'WALLET.INSUFFICIENT_TOKENS': { given: [spent(1000n)] },
    },
    ['WALLET.NOT_A_MEMBER | WALLET.MEMBER_SUSPENDED'],
  ),
  renewSlice: precedenceCases(
    { ...ofWallet, given: [opened, purchased(1000n), heldSlice], decide: renewSlice, when: { ...slice, number: 2 } },
    declared.renewSlice,
    {
      'WALLET.HOLD_EXPIRED': { given: withoutHold, when: { expiresAt: now } },
      'WALLET.HOLD_RESOLVED': { given: withoutHold },
      ...barred,
      ...spending,
      'WALLET.INSUFFICIENT_TOKENS': { given: [spent(960n)] },
    },
    [
      'WALLET.NOT_A_MEMBER | WALLET.MEMBER_SUSPENDED',
      // A wallet whose hold is gone has no other one here.
      'WALLET.HOLD_EXPIRED | WALLET.HOLD_RESOLVED',
    ],
  ),
  releaseSlice: precedenceCases(
    {
      ...ofWallet,
      given: [opened, purchased(1000n), heldSlice],
      decide: releaseSlice,
      when: { sliceId, lastCharged: 0 },
    },
    declared.releaseSlice,
    { 'WALLET.HOLD_EXPIRED': { given: withoutHold } },
  ),
  chargeWallet: precedenceCases(
    {
      ...{ ...ofWallet, decide: chargeOne },
      when: { tokens: 10n, market: { posted: price, policy: openMarket } },
    },
    declared.chargeWallet,
    {
      ...barred,
      'WALLET.MEMBER_SUSPENDED': membership['WALLET.MEMBER_SUSPENDED'],
      ...limits,
      ...caps,
      'WALLET.INSUFFICIENT_TOKENS': { when: beyond },
      'WALLET.NO_TOKEN_PRICE': {
        given: [billing()],
        when: { ...beyond, market: { posted: undefined, policy: openMarket } },
      },
      'WALLET.PRICE_TOO_LARGE': {
        given: [billing()],
        when: { ...beyond, market: { posted: { ...price, buy: 10n ** 40n }, policy: openMarket } },
      },
      'WALLET.LIMIT_EXCEEDED exhaustion-monthly': { given: [billing(nothing)], when: beyond },
      'WALLET.LIMIT_EXCEEDED bill-monthly': {
        given: [billing(), BillLimitSet({ walletId, monthlyLimit: nothing })],
        when: beyond,
      },
      'WALLET.ISSUANCE_EXHAUSTED': {
        given: [billing()],
        when: { ...beyond, capacityLeft: nothing },
        context: { system: limitedTo(nothing).system },
      },
    },
    [
      // A charge either stops or buys tokens on the bill.
      'WALLET.INSUFFICIENT_TOKENS | WALLET.NO_TOKEN_PRICE',
      'WALLET.NO_TOKEN_PRICE | WALLET.PRICE_TOO_LARGE',
    ],
  ),
};
