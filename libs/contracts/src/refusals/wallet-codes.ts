import { argument, type Codes, inEvents, refused } from './code.ts';

/** Codes of the wallet. */
export const walletCodes = {
  'WALLET.INSUFFICIENT_TOKENS': refused(
    409,
    'insufficient tokens: {available} µAIT available, {required} required',
    'The wallet has fewer tokens than required (`available`, `required`, in µAIT). Nothing was taken.',
    { available: '5', required: '9' },
  ),
  'WALLET.IN_DEBT': refused(
    409,
    'the wallet is in debt for reversed purchases; incoming tokens pay that first',
    'The wallet owes tokens of purchases whose money went back (`debt`). Nothing leaves it until incoming tokens have paid the debt.',
  ),
  'WALLET.INSUFFICIENT_FEES': refused(
    409,
    'insufficient fees: {available} µAIT collected and not retired, {required} required',
    'The collected fees are less than required (`available`, `required`, in µAIT).',
    { available: '5', required: '9' },
  ),
  'WALLET.NOT_RETURNABLE': refused(
    409,
    "the voucher was issued by the operator; it can't be returned",
    'The voucher was issued by the operator: it has no funder to return to.',
  ),
  'WALLET.NOT_CLOSED': refused(409, 'the wallet is not closed', 'Only a closed wallet can be reopened.'),
  'WALLET.CURRENCY_MISMATCH': refused(
    409,
    'the price is in another currency than the ledger',
    'The price is in another currency than the ledger, which keeps the currency of its first price.',
  ),
  'WALLET.PRICE_IN_FORCE': refused(
    409,
    'the price is or was in force',
    'The price is or was in force, so somebody may have bought at it. Post another one.',
  ),
  'WALLET.PRICE_WITHDRAWN': refused(
    409,
    'the price is already withdrawn',
    'The price is already withdrawn, before its time.',
  ),
  'WALLET.TOO_MANY_PRICES': refused(
    409,
    'too many announced or withdrawn prices; withdraw one or wait',
    'The maximum number of announced prices is reached: 100, for which withdraw one, or 1,000 with those withdrawn before their time, for which wait.',
  ),
  'WALLET.NOTHING_BOUGHT': refused(
    409,
    'insufficient payment: less than one µAIT at the price in force',
    'The payment buys nothing at the price in force, or there is no price. The operator has to check the payment.',
  ),
  'WALLET.CONTRADICTION_RESOLVED': refused(
    409,
    'the contradiction is resolved, or its resolution waits for a second person',
    'The contradiction is resolved, or its resolution waits for a second person.',
  ),
  'WALLET.RESOLUTION_UNFIT': refused(
    409,
    'the state of the purchase does not allow this resolution',
    'The state of the purchase does not allow this resolution: it is already credited, or was never paid. Read it again.',
  ),
  'WALLET.NOT_TRANSFERABLE': refused(
    409,
    "no transferable tokens: none of the wallet's tokens may be sent or sold",
    'The wallet has enough tokens, but they may not be sent or sold, such as those of a plan.',
    { available: '0', required: '9' },
  ),
  'WALLET.ISSUANCE_EXHAUSTED': refused(
    409,
    'issuance exhausted: {available} µAIT left, {required} required',
    'The operator can issue no more tokens than its compute covers: `available` is left, `required` was requested.',
    { available: '5', required: '9' },
  ),
  'WALLET.NO_TOKEN_PRICE': refused(
    409,
    'no token price is posted',
    'No token price is posted, so nothing can be bought or sold back.',
  ),
  'WALLET.PRICE_TOO_LARGE': refused(
    409,
    'the lacking tokens cost more than the maximum of a bill',
    'The lacking tokens cost more than 10^30 minor units, the maximum of a bill.',
  ),
  'WALLET.SENDING_OFF': refused(
    409,
    'sending tokens is not allowed',
    "The operator's market policy does not allow sending tokens.",
  ),
  'WALLET.SELLING_OFF': refused(
    409,
    'selling tokens back is not allowed',
    "The operator's market policy does not allow selling tokens back.",
  ),
  'WALLET.LIMIT_EXCEEDED': refused(
    409,
    'limit {limit} exceeded: {available} left, {required} required',
    'A limit is exceeded: `limit` names it, `available` is left, `required` was requested; in µAIT, for `bill-monthly` and `exhaustion-monthly` in minor units. Nothing was done.',
    { limit: 'daily', available: '5', required: '9' },
  ),
  'WALLET.QUOTE_UNKNOWN': refused(
    409,
    'the wallet has no such quote, or has used it',
    'The wallet has no such quote, has used it, or it expired long ago. Request another one.',
  ),
  'WALLET.QUOTE_EXPIRED': refused(
    409,
    'the quote has expired; request another one',
    'The quote has expired. Request another one.',
  ),
  'WALLET.QUOTE_MISMATCH': refused(
    409,
    'the quote is for the other side or another number of tokens',
    'The quote is for the other side or another number of tokens.',
  ),
  'WALLET.TOO_MANY_QUOTES': refused(
    409,
    'the wallet has the maximum number of open quotes; use one, or wait until one expires',
    'The wallet has 20 open quotes. Use one, or wait until one expires.',
  ),
  'WALLET.TOO_MANY_PURCHASES': refused(
    409,
    'too many purchases are pending; pay or cancel one of them first',
    'Twenty purchases of the wallet are already pending. Pay or cancel one of them first.',
  ),
  'WALLET.TOO_MANY_VOUCHERS': refused(
    409,
    'the wallet has the maximum number of vouchers',
    'The wallet has the maximum number of vouchers. A voucher funded by a party returns to it.',
  ),
  'WALLET.PAYMENT_PROVIDER_UNAVAILABLE': refused(
    409,
    'no payment provider is configured; use the method carrier-bill',
    'The operator has no payment provider. Use the method `carrier-bill`.',
  ),
  'WALLET.PAYMENT_FAILED': inEvents(
    'The payment provider reported that the purchase was not paid; see `GET /v1/purchases/{id}`.',
  ),
  'WALLET.PAYMENT_REFUSED': inEvents(
    'The payment provider refused the payment of the purchase; see `GET /v1/purchases/{id}`.',
  ),
  'WALLET.PAYMENT_MISMATCH': refused(
    409,
    'the notice states another amount or currency than the purchase',
    'A webhook of the payment provider states another amount or currency than the purchase. It is kept, and the purchase is still pending.',
  ),
  'WALLET.PURCHASE_RESOLVED': refused(
    409,
    'the purchase is no longer pending',
    'The purchase is paid, failed, expired or cancelled: it is no longer pending.',
  ),
  'WALLET.PAYMENT_CONTRADICTED': inEvents(
    'A notice contradicts the purchase: paid after it had failed, or the reverse. Nothing was changed: a person has to check the money.',
  ),
  'WALLET.HOLD_EXPIRED': refused(
    409,
    'the hold has expired; its tokens are back in the wallet',
    'The hold has expired; its tokens are back in the wallet.',
  ),
  'WALLET.HOLD_RESOLVED': refused(
    409,
    'the hold is already resolved: captured for the last time, or released',
    'The hold is already resolved: captured for the last time, or released. The rest of its tokens is back in the wallet.',
  ),
  'WALLET.FROZEN': refused(
    409,
    'the wallet is frozen',
    'The operator has frozen the wallet, or suspended its party: nothing leaves it but tokens under its holds.',
  ),
  'WALLET.CLOSED': refused(409, 'the wallet is closed', 'The operator has closed the wallet.'),
  'WALLET.NOT_EMPTY': refused(
    409,
    'the wallet is not empty: a closed wallet has no tokens, no pending purchase and no plan',
    'Only an empty wallet can be closed: without tokens (`available`, `held`), pending purchases and a plan.',
    { available: '5', held: '0' },
  ),
  'WALLET.NOT_A_MEMBER': refused(
    409,
    'you are no longer a member of this wallet',
    'You were removed from the shared wallet a moment ago.',
  ),
  'WALLET.MEMBER_SUSPENDED': refused(
    409,
    'you are suspended in this wallet',
    "Your party is suspended: it can't spend from wallets of which it is a member, and is charged for nothing there.",
  ),
  'WALLET.TOO_MANY_MEMBERS': refused(
    409,
    'too many members would have the hold',
    'The wallet already has 100 parties or 1,000 keys as members, or the hold would count against the caps of more than 100.',
  ),
  'WALLET.TOO_MANY_HOLDS': refused(
    409,
    'the wallet has the maximum number of open holds; capture or release some of them',
    'The wallet has the maximum number of open holds. Capture or release some of them.',
  ),
  'WALLET.SAME_PRINCIPAL': refused(
    409,
    "a proposal can't be approved or rejected by its proposer; use another person’s key of the operator",
    "A proposal can't be approved or rejected by its proposer: not with the same API key, its successor, a key that it requested, or one of its lineage. Another person's key is required.",
  ),
  'WALLET.APPROVAL_RESOLVED': refused(
    409,
    'the proposal is already approved or rejected',
    'The proposal is already approved or rejected; see `GET /v1/approvals/{id}`.',
  ),
  'WALLET.APPROVAL_OUTDATED': refused(
    409,
    'the proposal would have expired already; reject it',
    "The proposal would have expired by now, so it can't be approved any more. Reject it.",
  ),
  'WALLET.TOO_MANY_APPROVALS': refused(
    409,
    'too many proposals are waiting; approve or reject some of them',
    'Ten proposals are already waiting, for this wallet or for the price. Approve or reject some of them.',
  ),
  'WALLET.EXPIRY_PASSED': argument(
    '/expiresAt',
    'must be in the future',
    'The grant or voucher would expire before it begins.',
  ),
  'WALLET.NOT_OPEN': inEvents('Tokens were sent to a wallet that does not exist; they return to their sender.'),
  'WALLET.ESCROW_SHORT': inEvents(
    "A statement exceeds the lane's escrow. This never happens while the books balance: see reconciliation.",
  ),
} satisfies Codes;
