import { type Mutation, mutation } from '@tokengrid/simulation-kit';
import { decisions } from './folders.ts';

/**
 * Mistakes about returned limits, first allotments, places for vouchers, and undoing by the
 * operator.
 */
export const givenBackMutations: readonly Mutation[] = [
  mutation('a transfer that comes back still counts as spent', [
    `${decisions}/state/returned-transfers`,
    'spent: withLess(wallet.spent, tokens, day),',
    '',
  ]),
  mutation('a transfer that comes back still counts on the market', [
    `${decisions}/state/returned-transfers`,
    'monthlyTotals: withLessSent(wallet.monthlyTotals, tokens, day),',
    '',
  ]),
  mutation('a transfer that comes back still counts against its member', [
    `${decisions}/state/returned-transfers`,
    'members: wallet.members.map(less),',
    '',
  ]),
  mutation('who is set again gets back what it had sent before', [
    `${decisions}/state/returned-transfers`,
    'isCounted(member.since, { day, transferId })',
    'transferId.length > 0',
  ]),
  mutation('who is set again on the day it was forgotten gets back what it had sent before', [
    `${decisions}/state/counters`,
    'transferIds: lastDay === forgottenOn ? [] : null,',
    'transferIds: null,',
  ]),
  mutation('who is set again gets nothing back of what it has sent since', [
    `${decisions}/state/counters`,
    'transferIds: [...transferIds, transferId] };',
    'transferIds };',
  ]),
  mutation('a transfer that comes back frees another day', [
    `${decisions}/state/spending`,
    'last === day ? onDay - tokens : onDay',
    'onDay - tokens',
  ]),
  mutation('a limit below what is spent raises no alert', [
    `${decisions}/wallets/set-spend-limits`,
    'return [set, ...alertsOf(afterEvent(wallet, set), 0n, onDay(context))];',
    'return [set];',
  ]),
  mutation('a plan that follows another one in a month is allotted whole', [
    `${decisions}/state/plan`,
    'return tokens > already ? tokens - already : 0n;',
    'return tokens;',
  ]),
  mutation('a wallet that is not closed is opened again', [
    `${decisions}/wallets/reopen-wallet`,
    'if (!status.closed) return',
    'if (walletId === "") return',
  ]),
  mutation('one party takes all places for vouchers', [
    `${decisions}/rules/vouchers`,
    'length >= mostVouchersOfOne) return undefined;',
    'length >= mostVouchers) return undefined;',
  ]),
  mutation('parties take the places of the operator’s vouchers', [
    `${decisions}/rules/vouchers`,
    'ofParties.length < mostVouchersOfParties',
    'ofParties.length < mostVouchers',
  ]),
  mutation('a voucher that is due keeps its place', [
    `${decisions}/transfers/receive-tokens`,
    "onWallet('receiveTokens', takeVoucher)",
    'takeVoucher',
  ]),
  mutation('a voucher takes the place of one that is as large', [
    `${decisions}/rules/vouchers`,
    'return smallest.tokens < tokens ? smallest : undefined;',
    'return smallest.tokens <= tokens ? smallest : undefined;',
  ]),
  mutation('the oldest of equal vouchers is displaced', [
    `${decisions}/rules/vouchers`,
    'wallet.arrivals.toReversed().flatMap',
    'wallet.arrivals.flatMap',
  ]),
  mutation('a voucher that is displaced is kept', [
    `${decisions}/transfers/receive-tokens`,
    '...displaced, received',
    'received',
  ]),
  mutation('a voucher of the operator’s is given back', [
    `${decisions}/transfers/return-voucher`,
    'if (!isOfParty(lot)) return',
    'if (voucherId === "") return',
  ]),
  mutation('fees are retired twice', [
    `${decisions}/usage/order-fees-retirement`,
    'tokens: ever - (ordered.get(lane) ?? 0n)',
    'tokens: ever + 0n * (ordered.get(lane) ?? 0n)',
  ]),
  mutation('retired fees free no capacity', [
    `${decisions}/usage/retire-fees`,
    'return [FeesRetired({ retirementId, tokens, postings }), freed];',
    'return [FeesRetired({ retirementId, tokens, postings })];',
  ]),
];
