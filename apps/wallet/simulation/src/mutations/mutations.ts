import { type Mutation, mutation } from '@tokengrid/simulation-kit';
import { actorMutations } from './actors.ts';
import { controlMutations } from './control.ts';
import { givenBackMutations } from './given-back.ts';
import { paymentMutations } from './payments.ts';
import { decisions, policies, store } from './folders.ts';

const spending = [
  mutation(
    'the funds are not looked at before tokens are sent',
    [
      `${decisions}/rules/transferable`,
      'if (available >= required) return undefined;',
      'if (required > 0n) return undefined;',
    ],
    [`${decisions}/state/lots`, 'if (left > 0n) throw', 'if (left < 0n) throw'],
  ),
  mutation('a charge may take one µAIT more than there is', [
    `${decisions}/usage/charge-wallet`,
    'if (available >= tokens) return undefined;',
    'if (available + 1n >= tokens) return undefined;',
  ]),
  mutation('a hold is refused for the last µAIT', [
    `${decisions}/holds/place-hold`,
    'if (available < tokens) {',
    'if (available <= tokens) {',
  ]),
  mutation('what is not transferable is sent', [
    `${decisions}/state/lots`,
    'export const isTransferable = (lot: WalletLot): boolean => lot.transferable;',
    'export const isTransferable = (lot: WalletLot): boolean => lot.tokens > 0n;',
  ]),
  mutation('refusals of a sale change their order', [
    `${decisions}/purchases/sell-tokens`,
    'spendingBarred(wallet) ??\n    sellingRefusal(wallet, tokens, day, sale.policy) ??',
    'spendingBarred(wallet) ??\n    transferableRefusal(wallet, tokens) ??\n    sellingRefusal(wallet, tokens, day, sale.policy) ??',
  ]),
];

const chargeOfUses = `${decisions}/usage/charge-wallet`;
const eachUse = 'if (each.use.tokens > 0n) run.charge(each);';

/** Mistakes of several uses in one event. */
const uses = [
  mutation('a refused use stops the rest of its event', [
    chargeOfUses,
    eachUse,
    'if (each.use.tokens > 0n && run.refused.length === 0) run.charge(each);',
  ]),
  mutation('the first use binds the members of all', [
    chargeOfUses,
    eachUse,
    'if (each.use.tokens > 0n) run.charge({ ...each, actor: due[0]!.actor });',
  ]),
  mutation('uses of one event do not count against limits until its end', [
    chargeOfUses,
    'this.wallet = afterSpending(this.wallet, { tokens, day: on.day, ...spentBy });',
    '',
  ]),
  mutation('each use of an event raises an alert anew', [
    chargeOfUses,
    'this.wallet = withAlert(this.wallet, alert.data);',
    '',
  ]),
  mutation('purchases for uses of one event take the same capacity', [
    chargeOfUses,
    'this.context = { ...this.context, system: afterLane(this.context.system, toppedUp.bought) };',
    '',
  ]),
  mutation('tokens of the first use pay for the next one as well', [
    `${decisions}/rules/vouchers`,
    'this.lots[index] = { ...lot, tokens: lot.tokens - taking };',
    '',
  ]),
];

const holds = [
  mutation('what was captured stays under the hold', [
    `${decisions}/holds/capture-hold`,
    'held: hold.tokens - within,',
    'held: hold.tokens,',
  ]),
  mutation('a final capture leaves the hold open', [
    `${decisions}/holds/capture-hold`,
    'const released = final ?',
    'const released = final && tokens < 0n ?',
  ]),
  mutation('a release gives back more than was held', [
    `${decisions}/holds/release-hold`,
    'moveTokens(tokens, heldAccount(walletId)',
    'moveTokens(tokens + 1n, heldAccount(walletId)',
  ]),
  mutation('a hold ends twice: what is under it comes back, and it stays', [
    `${decisions}/state/holds`,
    'holds: wallet.holds.filter((other) => other !== hold),',
    'holds: wallet.holds,',
  ]),
  mutation('a shortfall is forgotten', [
    `${decisions}/holds/capture-hold`,
    'shortfall: asked - tokens,',
    'shortfall: 0n,',
  ]),
  mutation('an extension may end a hold sooner', [
    `${decisions}/holds/extend-hold`,
    'Math.max(hold.expiresAt, later)',
    '(later || hold.expiresAt)',
  ]),
  mutation('what comes back from a hold comes last among its equals', [
    `${decisions}/state/lots`,
    '=> !burnsBefore(other, lot);',
    '=> burnsBefore(lot, other);',
  ]),
  mutation('an extension puts its lots before older ones', [
    `${decisions}/state/holds`,
    'lots: withMore(before.lots, taken),',
    'lots: withReturned(before.lots, taken),',
  ]),
];

const time = [
  mutation('what is due expires a moment late', [
    `${decisions}/rules/due`,
    'each.expiresAt <= time;',
    'each.expiresAt < time;',
  ]),
  mutation('expired tokens are spent', [
    `${decisions}/rules/due`,
    'if (!isAnythingDue(wallet, context.time)) return',
    'if (context.time > 0) return',
  ]),
  mutation("a lane's time follows a clock that steps back", [
    `${store}/batch-work`,
    'Math.max(this.now, this.head.time)',
    'this.now',
  ]),
  mutation('days begin an hour early', [
    `${decisions}/state/calendar`,
    'day: calendar.dayOf(time)',
    'day: calendar.dayOf(time + 3_600_000)',
  ]),
  mutation('a month’s limit is never new', [
    `${decisions}/state/monthly-totals`,
    'return month <= totals.month ? totals',
    'return totals.month !== "" ? totals',
  ]),
  mutation('tokens that were sent on never expire', [
    `${decisions}/transfers/send-tokens`,
    'parcels: parcelsOf(taken)',
    'parcels: parcelsOf([{ ...taken[0]!, tokens, expiresAt: null }])',
  ]),
  mutation('a grant that has expired already is given', [
    `${decisions}/grants/grant-tokens`,
    'expiresAt <= context.time',
    'expiresAt < context.time',
  ]),
];

const lots = [
  mutation('a lot is lost where it is the last to burn', [
    `${decisions}/state/lots`,
    'lots.splice(place < 0 ? lots.length : place, 0, lot);',
    'if (place >= 0) lots.splice(place, 0, lot);',
  ]),
  mutation('the later expiry burns first', [
    `${decisions}/state/lots`,
    'b.expiresAt === null || a.expiresAt < b.expiresAt',
    'b.expiresAt === null || a.expiresAt > b.expiresAt',
  ]),
  mutation('what can be sent burns before what cannot', [
    `${decisions}/state/lots`,
    'return !a.transferable && b.transferable;',
    'return a.transferable && !b.transferable;',
  ]),
  mutation('what was paid for burns before what was given', [
    `${decisions}/state/lots`,
    'return a.priority < b.priority;',
    'return a.priority > b.priority;',
  ]),
  mutation('many lots join one that ends at another time', [
    `${decisions}/state/lots`,
    'expiresAt === end && transferable',
    'transferable',
  ]),
];

const money = [
  mutation('a price is rounded down', [
    `${decisions}/rules/token-prices`,
    '(tokens * buy + microPerAit - 1n) / microPerAit',
    '(tokens * buy) / microPerAit',
  ]),
  mutation('proceeds are rounded up', [
    `${decisions}/rules/token-prices`,
    '(tokens * sellBack) / microPerAit',
    '(tokens * sellBack + microPerAit - 1n) / microPerAit',
  ]),
  mutation('the money of a sale is not posted', [
    `${decisions}/purchases/sell-tokens`,
    "...moveFiat(price, billAccount(walletId), laneAccount(context.lane, 'sales')),",
    '',
  ]),
  mutation('a posting is forgotten', [`${decisions}/rules/postings`, '    { account: to, asset, amount },\n', '']),
  mutation('a quote may be used twice', [
    `${decisions}/state/wallet`,
    'withoutPending(withoutQuote(spent, quoteId), purchaseId)',
    'withoutPending(spent, purchaseId)',
  ]),
  mutation('a quote holds a moment too long', [
    `${decisions}/rules/price-in-force`,
    'quote.expiresAt <= time',
    'quote.expiresAt < time',
  ]),
  mutation('a purchase is paid twice', [
    `${decisions}/state/wallet`,
    'withoutPending(withoutQuote(spent, quoteId), purchaseId)',
    'withoutQuote(spent, quoteId)',
  ]),
  mutation('a payment of another amount is taken', [
    `${decisions}/purchases/settle-purchase`,
    "if (amount !== purchase.price.amount) return contradicted(wallet, notice, 'WALLET.PAYMENT_MISMATCH');",
    '',
  ]),
  mutation('more is bought for a charge than it lacks', [
    `${decisions}/usage/charge-wallet`,
    'this.buy(tokens - available, use.chargeId)',
    'this.buy(tokens - available + 1n, use.chargeId)',
  ]),
  mutation('what goes on to the bill does not count against its cap', [
    `${decisions}/state/monthly-totals`,
    '(automatic ? price.amount : 0n)',
    '0n',
  ]),
  mutation('what was not billed counts on the bill', [
    `${decisions}/state/monthly-totals`,
    "if (method !== 'carrier-bill') return { ...wallet, monthlyTotals: { ...totals, provider } };",
    '',
  ]),
];

const capacity = [
  mutation('what is gone frees no capacity', [
    `${decisions}/rules/issuance`,
    "returned: issuance.limit === 'slice' }",
    'returned: false }',
  ]),
  mutation('captured tokens free no capacity', [
    `${decisions}/holds/capture-hold`,
    'const freed = tokens === 0n ?',
    'const freed = tokens >= 0n ?',
  ]),
  mutation('a lane issues more than its slice', [
    `${decisions}/rules/issuance`,
    'issuance.room >= tokens',
    'issuance.room >= 0n',
  ]),
  mutation('a slice of an older capacity is kept', [
    `${decisions}/capacity/receive-capacity`,
    'version >= issuance.version',
    'version >= 0',
  ]),
  mutation('a lane that had no limit forgets what it has issued', [
    `${decisions}/state/wallet-lane`,
    '-issuance.used : issuance.room',
    '0n : issuance.room',
  ]),
];

const betweenStreams = [
  mutation('a transfer goes back to where it was declined', [
    `${policies}/when-transfer-declined-return-transfer`,
    'reaction.to(event.data.fromWalletId',
    'reaction.to(event.data.walletId',
  ]),
  mutation('what arrives again is taken again', [
    'libs/event-bus/src/subscribers/reaction',
    'eventId(cause), part)',
    'eventId(cause), part, String(performance.now()))',
  ]),
  mutation('earnings are credited twice', [
    `${decisions}/usage/receive-earnings`,
    'parcels: lasting(tokens)',
    'parcels: lasting(tokens * 2n)',
  ]),
  mutation('a statement takes one µAIT more out of escrow than is there', [
    `${decisions}/usage/release-escrow`,
    'if (available >= tokens) return undefined;',
    'if (available + 1n >= tokens) return undefined;',
  ]),
];

const machinery = [
  mutation('a command that comes again is done again', [
    `${store}/lane`,
    'if (stored) {\n',
    'if (stored === null) {\n',
  ]),
  mutation('a key may be used for another body', [
    `${store}/lane`,
    'inputHash !== stored.inputHash',
    'inputHash === null',
  ]),
  mutation(
    'a process does not notice what another one stored',
    [`${store}/lane`, 'else this.cache.clear();', ''],
    [`${store}/lane`, 'if (since) this.cache.follow(since);', 'if (since) void 0;'],
  ),
  mutation('a process follows the first of the events that another one stored in a stream, and no more', [
    `${store}/stream-cache`,
    '{ ...fold(state, own), storedRevision }',
    '{ ...fold(state, own.slice(0, 1)), revision: revision + own.length, storedRevision }',
  ]),
  mutation('callers are answered before the log has it', [
    `${store}/laned-event-store`,
    'const published = this.relay[lane]!.until(sequence + count - 1, Math.max(0, deadline - performance.now()));',
    'const published = Promise.resolve(sequence + count > 0 && deadline > 0);',
  ]),
];

/** All planted mistakes. */
export const mutations: readonly Mutation[] = [
  ...spending,
  ...uses,
  ...holds,
  ...time,
  ...lots,
  ...money,
  ...capacity,
  ...betweenStreams,
  ...controlMutations,
  ...actorMutations,
  ...givenBackMutations,
  ...paymentMutations,
  ...machinery,
];
