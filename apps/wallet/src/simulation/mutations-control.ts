import { decisions, type Mutation, mutation } from './planting.ts';

const control = [
  mutation('a frozen wallet sends', [
    `${decisions}/send-tokens`,
    'spendingBarred(wallet) ??\n    sendingRefusal',
    'sendingRefusal',
  ]),
  mutation('a capture beyond its hold goes past the limits', [
    `${decisions}/capture-hold`,
    '    roomUnderLimits(wallet, day),\n',
    '',
  ]),
  mutation('what is under holds does not count for limits', [
    `${decisions}/spending`,
    'left(daily, onDay + held)',
    'left(daily, onDay)',
  ]),
  mutation('the month’s spending is forgotten with the day', [
    `${decisions}/spending`,
    'monthOf(spent.day) === monthOf(day) ? spent.inMonth : 0n',
    'spent.day === day ? spent.inMonth : 0n',
  ]),
  mutation('an alert is raised each time', [`${decisions}/alerts`, '.includes(percent))', '.includes(-percent))']),
  mutation('a wallet is closed with a hold open', [`${decisions}/close-wallet`, ' && holds.length === 0', '']),
  mutation('a closed wallet takes what is sent', [
    `${decisions}/receive-tokens`,
    "if (state.standing.closed) return [declined(arrival, 'WALLET.CLOSED')];",
    '',
  ]),
];

const vouchersAndPlans = [
  mutation('a voucher pays for what is not in its scope', [
    `${decisions}/vouchers`,
    'if (!covers(voucher, use)) return 0n;',
    '',
  ]),
  mutation('a voucher pays more than its share', [
    `${decisions}/vouchers`,
    'least(share, voucher.capPerUse ?? share)',
    'voucher.capPerUse ?? tokens',
  ]),
  mutation('a hold takes vouchers', [
    `${decisions}/lots`,
    'export const isOrdinary = (lot: WalletLot): boolean => lot.voucher === undefined;',
    'export const isOrdinary = (lot: WalletLot): boolean => lot.tokens > 0n;',
  ]),
  mutation('what a party funded expires instead of going back', [
    `${decisions}/vouchers`,
    'voucher !== undefined && voucher.funder !== operatorPartyId',
    "voucher !== undefined && voucher.funder === ''",
  ]),
  mutation('more rolls over than may', [
    `${decisions}/reset-plan`,
    'const kept = left < rolloverCap ? left : rolloverCap;',
    'const kept = left;',
  ]),
  mutation('a plan’s month is granted twice', [
    `${decisions}/plan`,
    '{ ...wallet.plan, renewAt: null }',
    '{ ...wallet.plan }',
  ]),
];

const approvals = [
  mutation('what was approved is approved again', [
    `${decisions}/proposed-gifts`,
    'proposals: withoutProposal(wallet.proposals, approvalId),',
    'proposals: approvalId === "" ? [] : wallet.proposals,',
  ]),
  mutation('a price that was approved is approved again', [
    `${decisions}/token-price`,
    "    case 'TokenPriceApproved':\n",
    "    case 'TokenPriceApproved':\n      return state;\n",
  ]),
  mutation('what was rejected can still be approved', [
    `${decisions}/wallet`,
    "    case 'GrantApproved':\n    case 'GrantRejected':\n",
    "    case 'GrantRejected':\n      return state;\n    case 'GrantApproved':\n",
  ]),
  mutation('a policy that was rejected can still be approved', [
    `${decisions}/market-policy`,
    "    case 'MarketPolicyApproved':\n    case 'MarketPolicyRejected':\n",
    "    case 'MarketPolicyRejected':\n      return state;\n    case 'MarketPolicyApproved':\n",
  ]),
  mutation('one person gives one µAIT more than one may', [
    `${decisions}/approvals`,
    'tokens > grantsAbove;',
    'tokens > grantsAbove + 1n;',
  ]),
  mutation('one person may not give as much as one may', [
    `${decisions}/approvals`,
    'tokens > grantsAbove;',
    'tokens >= grantsAbove;',
  ]),
  mutation('a price that falls far needs nobody', [
    `${decisions}/approvals`,
    '(to > from ? to - from : from - to) * basisPoints',
    '(to - from) * basisPoints',
  ]),
  mutation('a price that changes as far as it may needs somebody', [
    `${decisions}/approvals`,
    '* basisPoints > bps * from;',
    '* basisPoints >= bps * from;',
  ]),
  mutation('what tokens are bought back for changes as one person likes', [
    `${decisions}/approvals`,
    ' ||\n    changesBeyond(from.sellBack, to.sellBack, bps)',
    '',
  ]),
  mutation('a price is compared with the one in force before it', [
    `${decisions}/post-token-price`,
    'price.effectiveFrom <= from)',
    'price.effectiveFrom <= context.time)',
  ]),
  mutation('a price is compared with one that is not in force any more', [
    `${decisions}/post-token-price`,
    'known.posted !== prices.posted',
    'known.posted > prices.posted',
  ]),
  mutation('one person takes away what takes two', [
    `${decisions}/approvals`,
    '(to === undefined || to > from)',
    '(to !== undefined && to > from)',
  ]),
  mutation('one proposal too many waits', [
    `${decisions}/give-tokens`,
    'wallet.proposals.length >= mostProposals',
    'wallet.proposals.length > mostProposals',
  ]),
  mutation('what waits for a second person needs capacity already', [
    `${decisions}/give-tokens`,
    'undefined, { ...context, system: walletLane.initial }',
    'giving.capacityLeft, context',
  ]),
  mutation('what waited for too long is refused as if it were new', [
    `${decisions}/approve-gift`,
    "if (code === 'WALLET.EXPIRY_PASSED') return refused({ code: 'APPROVAL.OUTDATED' });",
    '',
  ]),
];

const warnings = [
  mutation('the operator is warned only beyond 90 % of the capacity', [
    `${decisions}/watch-capacity`,
    'outstanding * 10n >= declared * 9n',
    'outstanding * 10n > declared * 9n',
  ]),
  mutation('the operator is warned at 95 % of the capacity', [
    `${decisions}/watch-capacity`,
    'outstanding * 10n >= declared * 9n',
    'outstanding * 100n >= declared * 95n',
  ]),
  mutation('a warning is raised again and again', [
    `${decisions}/capacity`,
    '{ ...mustBeDeclared(state), warned: true }',
    'mustBeDeclared(state)',
  ]),
  mutation('a warning is never taken back', [
    `${decisions}/watch-capacity`,
    'capacity.warned !== isNearlyUsed(',
    '!capacity.warned && isNearlyUsed(',
  ]),
  mutation('a new declaration forgets that it was warned', [
    `${decisions}/capacity`,
    'declared: tokens, granted, reported, warned }',
    'declared: tokens, granted, reported, warned: warned && version === 0 }',
  ]),
];

const payments = [
  mutation('what the provider refuses frees no capacity', [
    `${decisions}/record-payment-request`,
    '    freeReserved(walletId, tokens, context.system),\n',
    '',
  ]),
  mutation('what the provider refuses still waits', [
    `${decisions}/wallet`,
    'return withPaymentChange(afterUnpaid(wallet, event.data.purchaseId));',
    "return 'code' in event.data && event.data.code === 'PAYMENT_REFUSED' ? wallet : withPaymentChange(afterUnpaid(wallet, event.data.purchaseId));",
  ]),
];

/** About who may do what, what it takes to be allowed, and what is given for certain uses. */
export const controlMutations: readonly Mutation[] = [
  ...control,
  ...vouchersAndPlans,
  ...approvals,
  ...warnings,
  ...payments,
];
