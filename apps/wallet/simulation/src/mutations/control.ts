import { type Mutation, mutation } from '@tokengrid/simulation-kit';
import { decisions } from './folders.ts';

const control = [
  mutation('a frozen wallet sends', [
    `${decisions}/transfers/send-tokens`,
    'spendingBarred(wallet) ??\n    sendingRefusal',
    'sendingRefusal',
  ]),
  mutation('a capture beyond its hold goes past the limits', [
    `${decisions}/holds/capture-hold`,
    '    roomUnderLimits(wallet, day),\n',
    '',
  ]),
  mutation('what is under holds does not count for limits', [
    `${decisions}/rules/limits`,
    'left(daily, onDay + held)',
    'left(daily, onDay)',
  ]),
  mutation('the month’s spending is forgotten with the day', [
    `${decisions}/state/spending`,
    'monthOf(spent.day) === monthOf(day) ? spent.inMonth : 0n',
    'spent.day === day ? spent.inMonth : 0n',
  ]),
  mutation('an alert is raised each time', [
    `${decisions}/state/alerts`,
    '.includes(percent))',
    '.includes(-percent))',
  ]),
  mutation('a wallet is closed with a hold open', [`${decisions}/wallets/close-wallet`, ' && holds.length === 0', '']),
  mutation('a closed wallet takes what is sent', [
    `${decisions}/transfers/receive-tokens`,
    "if (state.status.closed) return [declined(arrival, 'WALLET.CLOSED')];",
    '',
  ]),
];

const vouchersAndPlans = [
  mutation('a voucher pays for what is not in its scope', [
    `${decisions}/rules/vouchers`,
    'if (!covers(voucher, use)) return 0n;',
    '',
  ]),
  mutation('a voucher pays more than its share', [
    `${decisions}/rules/vouchers`,
    'least(share, voucher.capPerUse ?? share)',
    'voucher.capPerUse ?? tokens',
  ]),
  mutation('a hold takes vouchers', [
    `${decisions}/state/lots`,
    'export const isOrdinary = (lot: WalletLot): boolean => lot.voucher === undefined;',
    'export const isOrdinary = (lot: WalletLot): boolean => lot.tokens > 0n;',
  ]),
  mutation('what a party funded expires instead of going back', [
    `${decisions}/state/vouchers`,
    'voucher !== undefined && voucher.funder !== operatorPartyId',
    "voucher !== undefined && voucher.funder === ''",
  ]),
  mutation('more rolls over than may', [
    `${decisions}/rules/reset-plan`,
    'const kept = left < rolloverCap ? left : rolloverCap;',
    'const kept = left;',
  ]),
  mutation('a plan’s month is granted twice', [
    `${decisions}/state/plan`,
    '{ ...wallet.plan, renewAt: null }',
    '{ ...wallet.plan }',
  ]),
];

const approvals = [
  mutation('what was approved is approved again', [
    `${decisions}/state/proposed-grants`,
    'proposals: withoutProposal(wallet.proposals, approvalId),',
    'proposals: approvalId === "" ? [] : wallet.proposals,',
  ]),
  mutation('a price that was approved is approved again', [
    `${decisions}/state/token-prices`,
    "    case 'TokenPriceApproved':\n",
    "    case 'TokenPriceApproved':\n      return state;\n",
  ]),
  mutation('what was rejected can still be approved', [
    `${decisions}/state/wallet`,
    "    case 'GrantApproved':\n    case 'GrantRejected':\n",
    "    case 'GrantRejected':\n      return state;\n    case 'GrantApproved':\n",
  ]),
  mutation('a policy that was rejected can still be approved', [
    `${decisions}/state/market-policies`,
    "    case 'MarketPolicyApproved':\n    case 'MarketPolicyRejected':\n",
    "    case 'MarketPolicyRejected':\n      return state;\n    case 'MarketPolicyApproved':\n",
  ]),
  mutation('one person gives one µAIT more than one may', [
    `${decisions}/rules/approvals`,
    'tokens > grantsAbove;',
    'tokens > grantsAbove + 1n;',
  ]),
  mutation('one person may not give as much as one may', [
    `${decisions}/rules/approvals`,
    'tokens > grantsAbove;',
    'tokens >= grantsAbove;',
  ]),
  mutation('a price that falls far needs nobody', [
    `${decisions}/rules/approvals`,
    '(to > from ? to - from : from - to) * basisPoints',
    '(to - from) * basisPoints',
  ]),
  mutation('a price that changes as far as it may needs somebody', [
    `${decisions}/rules/approvals`,
    '* basisPoints > bps * from;',
    '* basisPoints >= bps * from;',
  ]),
  mutation('what tokens are bought back for changes as one person likes', [
    `${decisions}/rules/approvals`,
    ' ||\n    changesBeyond(from.sellBack, to.sellBack, bps)',
    '',
  ]),
  mutation('a price is compared with the one in force before it', [
    `${decisions}/prices/post-token-price`,
    'price.effectiveFrom <= from)',
    'price.effectiveFrom <= context.time)',
  ]),
  mutation('a price is compared with one that is not in force any more', [
    `${decisions}/prices/post-token-price`,
    'known.posted !== prices.posted',
    'known.posted > prices.posted',
  ]),
  mutation('one person takes away what takes two', [
    `${decisions}/rules/approvals`,
    '(to === undefined || to > from)',
    '(to !== undefined && to > from)',
  ]),
  mutation('one proposal too many waits', [
    `${decisions}/grants/give-tokens`,
    'wallet.proposals.length >= mostProposals',
    'wallet.proposals.length > mostProposals',
  ]),
  mutation('what waits for a second person needs capacity already', [
    `${decisions}/grants/give-tokens`,
    'undefined, { ...context, system: walletLane.initial }',
    'giving.capacityLeft, context',
  ]),
  mutation('what waited for too long is refused as if it were new', [
    `${decisions}/grants/approve-grant`,
    "if (code === 'WALLET.EXPIRY_PASSED') return refused({ code: 'WALLET.APPROVAL_OUTDATED' });",
    '',
  ]),
];

const warnings = [
  mutation('the operator is warned only beyond 90 % of the capacity', [
    `${decisions}/capacity/watch-capacity`,
    'outstanding * 10n >= declared * 9n',
    'outstanding * 10n > declared * 9n',
  ]),
  mutation('the operator is warned at 95 % of the capacity', [
    `${decisions}/capacity/watch-capacity`,
    'outstanding * 10n >= declared * 9n',
    'outstanding * 100n >= declared * 95n',
  ]),
  mutation('a warning is raised again and again', [
    `${decisions}/state/capacity`,
    '{ ...mustBeDeclared(state), warned: true }',
    'mustBeDeclared(state)',
  ]),
  mutation('a warning is never taken back', [
    `${decisions}/capacity/watch-capacity`,
    'capacity.warned !== isNearlyUsed(',
    '!capacity.warned && isNearlyUsed(',
  ]),
  mutation('a new declaration forgets that it was warned', [
    `${decisions}/state/capacity`,
    'declared: tokens, granted, reported, warned }',
    'declared: tokens, granted, reported, warned: warned && version === 0 }',
  ]),
];

const payments = [
  mutation('what the provider refuses frees no capacity', [
    `${decisions}/purchases/record-payment-request`,
    '    freeReserved(walletId, tokens, context.system),\n',
    '',
  ]),
  mutation('what the provider refuses still waits', [
    `${decisions}/state/wallet`,
    'return withPaymentChange(afterUnpaid(wallet, event.data.purchaseId));',
    "return 'code' in event.data && event.data.code === 'WALLET.PAYMENT_REFUSED' ? wallet : withPaymentChange(afterUnpaid(wallet, event.data.purchaseId));",
  ]),
];

/** Mistakes about rights, approvals, vouchers and plans. */
export const controlMutations: readonly Mutation[] = [
  ...control,
  ...vouchersAndPlans,
  ...approvals,
  ...warnings,
  ...payments,
];
