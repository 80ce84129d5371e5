/** Meaning of a code of the public surface. */
export interface ErrorMeaning {
  /** HTTP statuses that it comes with; none for a code that only events carry. */
  readonly statuses: readonly number[];
  /** Cause, and remedy; a sentence or two. */
  readonly meaning: string;
  /** Members of the answer beside the standard ones, as an example. */
  readonly members: Readonly<Record<string, unknown>>;
}

const only = (status: number, meaning: string, members: ErrorMeaning['members'] = {}): ErrorMeaning => ({
  statuses: [status],
  meaning,
  members,
});
const inEvents = (meaning: string): ErrorMeaning => ({ statuses: [], meaning, members: {} });

/**
 * Every code by service, in the order of `docs/errors.md`: first those that any service answers.
 */
export const errorMeanings = {
  'Every service': {
    INVALID_ARGUMENT: only(
      400,
      'The request is not as it should be, whatever the state of things: `errors` says where (`pointer`) and what (`detail`). Sending it again changes nothing.',
      { errors: [{ pointer: '/tokens', detail: 'must be more than zero' }] },
    ),
    UNAUTHENTICATED: only(
      401,
      'There is no API key, or it is unknown, expired or revoked, or its party is suspended; `detail` says which.',
    ),
    PERMISSION_DENIED: only(403, 'The key is good but may not do this; `detail` names the scope that it lacks.'),
    NOT_FOUND: only(404, 'There is no such thing, or it belongs to somebody else; which of the two is not told.'),
    METHOD_NOT_ALLOWED: only(
      405,
      'The path is there, but not with this method; the header `Allow` lists those it has.',
    ),
    NOT_ACCEPTABLE: only(406, 'None of the content types that the request accepts can be answered.'),
    REQUEST_TIMEOUT: only(408, 'The request did not arrive whole in time. Send it again.'),
    IDEMPOTENCY_KEY_IN_FLIGHT: only(
      409,
      'The first request with this Idempotency-Key is still being decided. Try again after Retry-After: its answer will be yours.',
    ),
    EVENTS_RETIRED: only(
      410,
      'It was there, but follows from events that were taken out of the database because they are old. The operator can bring them back (`tokengrid restore`).',
    ),
    PAYLOAD_TOO_LARGE: only(413, 'The body is larger than 1 MiB, or 8 MiB for a batch. Send it in parts.'),
    URI_TOO_LONG: only(414, 'The path with its query is too long.'),
    UNSUPPORTED_MEDIA_TYPE: only(
      415,
      'The body is of a content type that this path does not take; `detail` names those it does.',
    ),
    EXPECTATION_FAILED: only(417, 'The header `Expect` asks for something other than `100-continue`.'),
    IDEMPOTENCY_KEY_REUSED: only(
      422,
      'This Idempotency-Key was used for a request with another body. Nothing was done; use a new key for a new request.',
    ),
    UNPROCESSABLE: only(422, 'The request is well formed but cannot be carried out.'),
    TOO_MANY_REQUESTS: only(429, 'More requests than are allowed. Try again after Retry-After.'),
    HEADERS_TOO_LARGE: only(431, 'The headers of the request are too large together.'),
    INTERNAL: only(
      500,
      'Something failed that nobody expected; nothing of it is told. The log has it under `x-correlator`.',
    ),
    EVENT_INVALID: only(
      500,
      'What was asked led to an event that no reader could take. Nothing was done, and trying again does not help: the operator has been told.',
    ),
    STREAM_UNREADABLE: only(
      500,
      'Something that the answer needs is written in a way that can not be read. Nothing was done, and trying again does not help: the operator has been told.',
    ),
    UNAVAILABLE: only(
      503,
      'The service cannot decide now: too many requests wait, or its database does not answer. Nothing was done. Try again after Retry-After, with the same Idempotency-Key.',
    ),
  },
  identity: {
    'IDENTITY.EMAIL_TAKEN': only(409, 'Somebody has registered, or is registering, with this e-mail address.'),
    'IDENTITY.MSISDN_TAKEN': only(409, 'Somebody has registered, or is being registered, with this phone number.'),
    'IDENTITY.REGISTRATION_LAPSED': only(
      409,
      'The registration was interrupted for so long that its e-mail address or phone number was set free. Register again, with a new Idempotency-Key.',
    ),
    'IDENTITY.ALREADY_REGISTERED': only(409, 'The organization or subscriber is registered already.'),
    'IDENTITY.CONTACT_NOT_HELD': inEvents(
      'An e-mail address or phone number was to be confirmed or released by a party that does not hold it.',
    ),
    SECRET_ALREADY_SHOWN: only(
      409,
      'The request was carried out earlier, and the secret that it answered has been destroyed since. Issue or rotate a key to get another.',
    ),
    'IDENTITY.TOO_MANY_API_KEYS': only(
      409,
      'The party has as many API keys as it may have at a time. Revoke one first.',
    ),
    'IDENTITY.API_KEY_LINE_TOO_LONG': only(
      409,
      'A key goes back to at most 8 people (which key asked for it, which for that one, and so on) and 500 keys. Ask with a key that goes back to fewer.',
    ),
    'IDENTITY.API_KEY_NOT_ACTIVE': only(
      409,
      'The key is revoked or has expired, so that it can be neither rotated nor revoked.',
    ),
    'IDENTITY.API_KEY_ALREADY_ROTATED': only(409, 'The key has a successor already. Rotate that one.'),
    'IDENTITY.PARTY_SUSPENDED': only(409, 'The party is suspended already.'),
    'IDENTITY.PARTY_NOT_SUSPENDED': only(409, 'The party is not suspended, so there is nothing to lift.'),
    'IDENTITY.PARTY_ERASED': only(409, "The party's personal data have been erased already."),
  },
  wallet: {
    'WALLET.INSUFFICIENT_TOKENS': only(
      409,
      'The wallet holds less than what is asked (`available`, `required`, in µAIT). Nothing was taken.',
      { available: '5', required: '9' },
    ),
    'WALLET.IN_DEBT': only(
      409,
      'The wallet owes tokens that were bought with money which went back (`debt`). Nothing leaves it until what comes in has paid them.',
    ),
    'WALLET.INSUFFICIENT_FEES': only(
      409,
      'Fewer fees were collected and not retired yet than are to be retired (`available`, `required`, in µAIT).',
      { available: '5', required: '9' },
    ),
    'WALLET.NOT_RETURNABLE': only(409, "The voucher is the operator's: there is no funder that it could go back to."),
    'WALLET.NOT_CLOSED': only(409, 'Only a closed wallet can be opened again, and this one is not closed.'),
    'WALLET.CURRENCY_MISMATCH': only(
      409,
      "The price is in another currency than the ledger, whose currency is the first price's for good.",
    ),
    'WALLET.PRICE_IN_FORCE': only(409, 'The time of the price has come: somebody may have bought at it. Post another.'),
    'WALLET.PRICE_WITHDRAWN': only(409, 'The price was withdrawn before, and its time has not come.'),
    'WALLET.TOO_MANY_PRICES': only(
      409,
      'The time of a hundred announced prices is still to come: withdraw one. Or that of a thousand with withdrawn ones: wait.',
    ),
    'WALLET.NOTHING_BOUGHT': only(
      409,
      'What was paid buys nothing at the price in force, or there is no price. The operator has to look at the payment.',
    ),
    'WALLET.CONTRADICTION_RESOLVED': only(
      409,
      'The contradiction was resolved before, or a resolution of it waits for a second person.',
    ),
    'WALLET.RESOLUTION_UNFIT': only(
      409,
      'The purchase does not admit this: crediting what is credited, or taking back what was never paid. Look at it again.',
    ),
    'WALLET.NOT_TRANSFERABLE': only(
      409,
      'The wallet holds enough, but of tokens that may be neither sent nor sold back, such as those of a plan.',
      { available: '0', required: '9' },
    ),
    'WALLET.ISSUANCE_EXHAUSTED': only(
      409,
      'The operator has issued as many tokens as it has compute for: `available` is what is left, `required` what was asked.',
      { available: '5', required: '9' },
    ),
    'WALLET.NO_TOKEN_PRICE': only(
      409,
      'The operator has posted no token price yet, so nothing can be bought or sold back.',
    ),
    'WALLET.PRICE_TOO_LARGE': only(409, 'What is lacking would cost more than 10^30 minor units, which no bill takes.'),
    'WALLET.SENDING_OFF': only(409, 'The operator does not let parties send tokens.'),
    'WALLET.SELLING_OFF': only(409, 'The operator does not buy tokens back.'),
    'WALLET.LIMIT_EXCEEDED': only(
      409,
      'A limit stands against it: `limit` says which, `available` what it leaves, `required` what was asked; both in µAIT, for `bill-monthly` and `exhaustion-monthly` in minor units. Nothing was done.',
      { limit: 'daily', available: '5', required: '9' },
    ),
    'WALLET.QUOTE_UNKNOWN': only(
      409,
      'This wallet has no such quote: it never had, has used it, or has let it expire long ago. Ask for another.',
    ),
    'WALLET.QUOTE_EXPIRED': only(409, 'The quote has expired. Ask for another.'),
    'WALLET.QUOTE_MISMATCH': only(409, 'The quote is for the other side, or for another number of tokens.'),
    'WALLET.TOO_MANY_QUOTES': only(409, 'The wallet has 20 open quotes. Use one, or wait until one expires.'),
    'WALLET.TOO_MANY_PURCHASES': only(
      409,
      'Twenty purchases of the wallet wait for the payment provider already. Pay one of them first.',
    ),
    'WALLET.TOO_MANY_VOUCHERS': only(
      409,
      'The wallet has as many vouchers as it may have. One that a party funded goes back to it.',
    ),
    'WALLET.PAYMENT_PROVIDER_UNAVAILABLE': only(
      409,
      'The operator has no payment provider connected. Buy with the method `carrier-bill`.',
    ),
    'WALLET.PAYMENT_FAILED': inEvents(
      'The payment provider says that a purchase was not paid; `GET /v1/purchases/{id}` says so.',
    ),
    'WALLET.PAYMENT_REFUSED': inEvents(
      'The payment provider does not take the payment for a purchase; `GET /v1/purchases/{id}` says so.',
    ),
    'WALLET.PAYMENT_MISMATCH': only(
      409,
      "A webhook of the payment provider's is about another amount or currency than the purchase's. It is kept; the purchase still waits.",
    ),
    'WALLET.PURCHASE_RESOLVED': only(
      409,
      'The purchase is paid, failed, expired or cancelled: it does not wait for the payment provider any more.',
    ),
    'WALLET.PAYMENT_CONTRADICTED': inEvents(
      'A notice says that a purchase was paid which had failed, or the reverse. Nothing was changed: somebody has to look at the money.',
    ),
    'WALLET.HOLD_EXPIRED': only(409, 'The hold has reached its end; what was under it is back in the wallet.'),
    'WALLET.HOLD_RESOLVED': only(
      409,
      'The hold was captured for the last time, or released: a hold is resolved once. What was left is back in the wallet.',
    ),
    'WALLET.FROZEN': only(
      409,
      'The operator has frozen the wallet, or suspended its party: nothing leaves it but what is under its holds.',
    ),
    'WALLET.CLOSED': only(409, 'The operator has closed the wallet.'),
    'WALLET.NOT_EMPTY': only(
      409,
      'Only a wallet can be closed that holds nothing (`available`, `held`), for which no purchase waits, and that has no plan.',
      { available: '5', held: '0' },
    ),
    'WALLET.NOT_A_MEMBER': only(409, 'You were a member of the shared wallet until just now.'),
    'WALLET.MEMBER_SUSPENDED': only(
      409,
      'Your party is suspended: it spends nothing from a wallet that it is a member of, and is charged for nothing there.',
    ),
    'WALLET.TOO_MANY_MEMBERS': only(
      409,
      'The wallet has 100 members already, or a hold would be under the caps of more than 100.',
    ),
    'WALLET.TOO_MANY_HOLDS': only(
      409,
      'The wallet has as many open holds as it may have. Capture or release some of them.',
    ),
    'WALLET.SAME_PRINCIPAL': only(
      409,
      "Whoever proposed it is to approve or reject it: with the same API key, its successor, a key that it minted, or one that it goes back to. A key of somebody else's has to.",
    ),
    'WALLET.APPROVAL_RESOLVED': only(409, 'It was approved or rejected already; `GET /v1/approvals/{id}` says which.'),
    'WALLET.APPROVAL_OUTDATED': only(
      409,
      'What was proposed would have expired by now, so that it cannot be approved any more. Reject it.',
    ),
    'WALLET.TOO_MANY_APPROVALS': only(
      409,
      'Ten proposals wait already, for this wallet or for the price. Approve or reject some of them.',
    ),
    'WALLET.EXPIRY_PASSED': inEvents(
      'A grant or a voucher would have expired before it began. The request is answered 400 `INVALID_ARGUMENT` with the pointer `/expiresAt`.',
    ),
    'WALLET.NOT_OPEN': inEvents('Tokens were sent to a wallet that does not exist; they go back to who sent them.'),
    'WALLET.ESCROW_SHORT': inEvents(
      "A statement asked for more than a lane's escrow holds. This never happens while the books balance: see reconciliation.",
    ),
  },
  'app-registry': {
    'APP_REGISTRY.SLUG_TAKEN': only(409, 'Another app has this slug. Choose another.'),
    'APP_REGISTRY.MODEL_NAME_TAKEN': only(409, 'Another model has this name. Choose another.'),
    'APP_REGISTRY.RESERVATION_LAPSED': only(
      409,
      'The request was interrupted for so long that its name was set free. Send it again, with a new Idempotency-Key.',
    ),
    'APP_REGISTRY.NAME_NOT_HELD': inEvents('A name was to be confirmed by an app or model that does not hold it.'),
    'APP_REGISTRY.APP_EXISTS': only(409, 'The app exists already.'),
    'APP_REGISTRY.VERSION_IN_OTHER_STATE': only(
      409,
      'The version is at another point of its life than this needs; `detail` says at which.',
    ),
    'APP_REGISTRY.TOO_MANY_VERSIONS': only(409, 'The app has as many versions as an app may have.'),
    'APP_REGISTRY.APP_SUSPENDED': only(409, 'The operator has suspended the app.'),
    'APP_REGISTRY.APP_NOT_SUSPENDED': only(409, 'The app is not suspended, so there is nothing to lift.'),
    'APP_REGISTRY.VERSION_TOO_EARLY': only(
      409,
      'Another version is to take effect later than this one would; versions follow one another.',
    ),
    'APP_REGISTRY.VERSION_IN_FORCE': only(
      409,
      'The version is in force, or was: somebody may have subscribed to it. Publish another, or deprecate it.',
    ),
    'APP_REGISTRY.APP_NOT_PUBLISHED': only(409, 'The app has no version in force that could be subscribed to.'),
    'APP_REGISTRY.PLAN_NOT_OFFERED': only(409, 'The version in force has no such plan; `detail` lists those it has.'),
    'APP_REGISTRY.ALREADY_SUBSCRIBED': only(409, 'The party has a subscription to the app. End it first.'),
    'APP_REGISTRY.NOT_SUBSCRIBED': only(409, 'The subscription has ended already.'),
    'APP_REGISTRY.MODEL_EXISTS': only(409, 'The model is on offer already.'),
    'APP_REGISTRY.SHARE_BELOW_MINIMUM': only(
      409,
      "The operator's share (`operatorBps`) is below the least that goes without approval.",
    ),
    'APP_REGISTRY.PRICES_TOO_EARLY': only(
      409,
      'Other prices are to take effect later than these would; prices follow one another.',
    ),
    'APP_REGISTRY.TOO_MANY_PRICES': only(
      409,
      'As many prices are announced as may be at once (100): withdraw some. Or as many with those that were withdrawn before their time (1,000): wait.',
    ),
    'APP_REGISTRY.PRICE_IN_FORCE': only(
      409,
      'The time of the prices has come: something may have been used at them. Post others.',
    ),
    'APP_REGISTRY.PRICE_WITHDRAWN': only(409, 'The prices were withdrawn before, and their time has not come.'),
  },
  settlement: {
    'SETTLEMENT.PERIOD_NOT_BEGUN': only(
      409,
      'The period lies in the future. Only the first open day after the closed ones can be closed before it begins, with `"early": true`.',
    ),
    'SETTLEMENT.PERIOD_STILL_RUNNING': only(
      409,
      'The day is not over. Close it with `"early": true`, and later usage goes into the next.',
    ),
  },
} satisfies Readonly<Record<string, Readonly<Record<string, ErrorMeaning>>>>;

type Sections = typeof errorMeanings;

/** A code of the public surface. */
export type ErrorCode = { [Section in keyof Sections]: keyof Sections[Section] }[keyof Sections];

/** Meanings by code. */
export const meaningOf: Readonly<Record<ErrorCode, ErrorMeaning>> = Object.assign({}, ...Object.values(errorMeanings));
