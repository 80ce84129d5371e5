import { argument, type Codes, inEvents, refused } from './code.ts';

/** Codes of the wallet. */
export const walletCodes = {
  'WALLET.INSUFFICIENT_TOKENS': refused(
    409,
    'insufficient tokens: {available} µAIT available, {required} required',
    'The wallet holds less than what is asked (`available`, `required`, in µAIT). Nothing was taken.',
    { available: '5', required: '9' },
  ),
  'WALLET.IN_DEBT': refused(
    409,
    'the wallet owes tokens for money that went back; what comes in pays for that first',
    'The wallet owes tokens that were bought with money which went back (`debt`). Nothing leaves it until what comes in has paid them.',
  ),
  'WALLET.INSUFFICIENT_FEES': refused(
    409,
    'insufficient fees: {available} µAIT collected and not retired, {required} required',
    'Fewer fees were collected and not retired yet than are to be retired (`available`, `required`, in µAIT).',
    { available: '5', required: '9' },
  ),
  'WALLET.NOT_RETURNABLE': refused(
    409,
    'the operator gave this voucher; it ends by itself',
    "The voucher is the operator's: there is no funder that it could go back to.",
  ),
  'WALLET.NOT_CLOSED': refused(
    409,
    'the wallet is not closed',
    'Only a closed wallet can be opened again, and this one is not closed.',
  ),
  'WALLET.CURRENCY_MISMATCH': refused(
    409,
    'the ledger is in another currency; a price cannot change it',
    "The price is in another currency than the ledger, whose currency is the first price's for good.",
  ),
  'WALLET.PRICE_IN_FORCE': refused(
    409,
    'the time of the price has come: somebody may have bought at it',
    'The time of the price has come: somebody may have bought at it. Post another.',
  ),
  'WALLET.PRICE_WITHDRAWN': refused(
    409,
    'the price was withdrawn already',
    'The price was withdrawn before, and its time has not come.',
  ),
  'WALLET.TOO_MANY_PRICES': refused(
    409,
    'too many prices are announced, or were withdrawn before their time; withdraw one or wait',
    'The time of a hundred announced prices is still to come: withdraw one. Or that of a thousand with withdrawn ones: wait.',
  ),
  'WALLET.NOTHING_BOUGHT': refused(
    409,
    'the money does not buy a single µAIT at the price in force',
    'What was paid buys nothing at the price in force, or there is no price. The operator has to look at the payment.',
  ),
  'WALLET.CONTRADICTION_RESOLVED': refused(
    409,
    'it was resolved already, or a resolution of it waits for a second person',
    'The contradiction was resolved before, or a resolution of it waits for a second person.',
  ),
  'WALLET.RESOLUTION_UNFIT': refused(
    409,
    'what has become of the purchase does not allow for that',
    'The purchase does not admit this: crediting what is credited, or taking back what was never paid. Look at it again.',
  ),
  'WALLET.NOT_TRANSFERABLE': refused(
    409,
    'none of the tokens in this wallet may be sent or sold',
    'The wallet holds enough, but of tokens that may be neither sent nor sold back, such as those of a plan.',
    { available: '0', required: '9' },
  ),
  'WALLET.ISSUANCE_EXHAUSTED': refused(
    409,
    'issuance exhausted: {available} µAIT left, {required} required',
    'The operator has issued as many tokens as it has compute for: `available` is what is left, `required` what was asked.',
    { available: '5', required: '9' },
  ),
  'WALLET.NO_TOKEN_PRICE': refused(
    409,
    'the operator has posted no token price yet',
    'The operator has posted no token price yet, so nothing can be bought or sold back.',
  ),
  'WALLET.PRICE_TOO_LARGE': refused(
    409,
    'what is lacking costs more than any bill takes',
    'What is lacking would cost more than 10^30 minor units, which no bill takes.',
  ),
  'WALLET.SENDING_OFF': refused(
    409,
    'the operator does not let parties send tokens',
    'The operator does not let parties send tokens.',
  ),
  'WALLET.SELLING_OFF': refused(409, 'the operator does not buy tokens back', 'The operator does not buy tokens back.'),
  'WALLET.LIMIT_EXCEEDED': refused(
    409,
    'limit {limit} exceeded: {available} left, {required} required',
    'A limit stands against it: `limit` says which, `available` what it leaves, `required` what was asked; both in µAIT, for `bill-monthly` and `exhaustion-monthly` in minor units. Nothing was done.',
    { limit: 'daily', available: '5', required: '9' },
  ),
  'WALLET.QUOTE_UNKNOWN': refused(
    409,
    'this wallet has no such quote, or used it already',
    'This wallet has no such quote: it never had, has used it, or has let it expire long ago. Ask for another.',
  ),
  'WALLET.QUOTE_EXPIRED': refused(
    409,
    'the quote has expired; ask for another',
    'The quote has expired. Ask for another.',
  ),
  'WALLET.QUOTE_MISMATCH': refused(
    409,
    'the quote is for another side or another number of tokens',
    'The quote is for the other side, or for another number of tokens.',
  ),
  'WALLET.TOO_MANY_QUOTES': refused(
    409,
    'the wallet has too many open quotes; use one, or wait until one expires',
    'The wallet has 20 open quotes. Use one, or wait until one expires.',
  ),
  'WALLET.TOO_MANY_PURCHASES': refused(
    409,
    'too many purchases wait for the payment provider; pay or cancel one of them first',
    'Twenty purchases of the wallet wait for the payment provider already. Pay one of them first.',
  ),
  'WALLET.TOO_MANY_VOUCHERS': refused(
    409,
    'the wallet has as many vouchers as it may have',
    'The wallet has as many vouchers as it may have. One that a party funded goes back to it.',
  ),
  'WALLET.PAYMENT_PROVIDER_UNAVAILABLE': refused(
    409,
    "there is no payment provider here; buy on the carrier's bill",
    'The operator has no payment provider connected. Buy with the method `carrier-bill`.',
  ),
  'WALLET.PAYMENT_FAILED': inEvents(
    'The payment provider says that a purchase was not paid; `GET /v1/purchases/{id}` says so.',
  ),
  'WALLET.PAYMENT_REFUSED': inEvents(
    'The payment provider does not take the payment for a purchase; `GET /v1/purchases/{id}` says so.',
  ),
  'WALLET.PAYMENT_MISMATCH': refused(
    409,
    "the notice is about another amount or currency than the purchase's",
    "A webhook of the payment provider's is about another amount or currency than the purchase's. It is kept; the purchase still waits.",
  ),
  'WALLET.PURCHASE_RESOLVED': refused(
    409,
    'the purchase does not wait to be paid any more',
    'The purchase is paid, failed, expired or cancelled: it does not wait for the payment provider any more.',
  ),
  'WALLET.PAYMENT_CONTRADICTED': inEvents(
    'A notice says that a purchase was paid which had failed, or the reverse. Nothing was changed: somebody has to look at the money.',
  ),
  'WALLET.HOLD_EXPIRED': refused(
    409,
    'the hold has expired; what was under it is back in the wallet',
    'The hold has reached its end; what was under it is back in the wallet.',
  ),
  'WALLET.HOLD_RESOLVED': refused(
    409,
    'the hold was captured for the last time or released already',
    'The hold was captured for the last time, or released: a hold is resolved once. What was left is back in the wallet.',
  ),
  'WALLET.FROZEN': refused(
    409,
    'the wallet is frozen',
    'The operator has frozen the wallet, or suspended its party: nothing leaves it but what is under its holds.',
  ),
  'WALLET.CLOSED': refused(409, 'the wallet is closed', 'The operator has closed the wallet.'),
  'WALLET.NOT_EMPTY': refused(
    409,
    'only a wallet can be closed in which nothing is, for which nothing waits, and that has no plan',
    'Only a wallet can be closed that holds nothing (`available`, `held`), for which no purchase waits, and that has no plan.',
    { available: '5', held: '0' },
  ),
  'WALLET.NOT_A_MEMBER': refused(
    409,
    'you are not a member of this wallet any more',
    'You were a member of the shared wallet until just now.',
  ),
  'WALLET.MEMBER_SUSPENDED': refused(
    409,
    'you are suspended, and spend nothing from this wallet',
    'Your party is suspended: it spends nothing from a wallet that it is a member of, and is charged for nothing there.',
  ),
  'WALLET.TOO_MANY_MEMBERS': refused(
    409,
    'a wallet has at most 100 members, and a hold too',
    'The wallet has 100 members already, or a hold would be under the caps of more than 100.',
  ),
  'WALLET.TOO_MANY_HOLDS': refused(
    409,
    'the wallet has too many open holds; capture or release some of them',
    'The wallet has as many open holds as it may have. Capture or release some of them.',
  ),
  'WALLET.SAME_PRINCIPAL': refused(
    409,
    'who proposed it can neither approve nor reject it; another of the operator’s keys can',
    "Whoever proposed it is to approve or reject it: with the same API key, its successor, a key that it minted, or one that it goes back to. A key of somebody else's has to.",
  ),
  'WALLET.APPROVAL_RESOLVED': refused(
    409,
    'it was approved or rejected already',
    'It was approved or rejected already; `GET /v1/approvals/{id}` says which.',
  ),
  'WALLET.APPROVAL_OUTDATED': refused(
    409,
    'what was proposed would have expired already; reject it',
    'What was proposed would have expired by now, so that it cannot be approved any more. Reject it.',
  ),
  'WALLET.TOO_MANY_APPROVALS': refused(
    409,
    'too many proposals wait; approve or reject some of them',
    'Ten proposals wait already, for this wallet or for the price. Approve or reject some of them.',
  ),
  'WALLET.EXPIRY_PASSED': argument(
    '/expiresAt',
    'must be a time to come',
    'A grant or a voucher would have expired before it began.',
  ),
  'WALLET.NOT_OPEN': inEvents('Tokens were sent to a wallet that does not exist; they go back to who sent them.'),
  'WALLET.ESCROW_SHORT': inEvents(
    "A statement asked for more than a lane's escrow holds. This never happens while the books balance: see reconciliation.",
  ),
} satisfies Codes;
