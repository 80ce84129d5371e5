import { mutation } from '@tokengrid/simulation-kit';
import { decisions } from './folders.ts';

/** Mistakes about pending purchases, reversed money and withdrawn prices. */
export const paymentMutations = [
  mutation('an unpaid purchase never expires', [
    `${decisions}/rules/due`,
    'const due = wallet.pending.filter(isDueAt(time));',
    'const due = wallet.pending.filter(isDueAt(0 * time));',
  ]),
  mutation('an unpaid purchase keeps its capacity', [
    `${decisions}/state/wallet-lane`,
    'reserved: lane.reserved - tokens });',
    'reserved: lane.reserved });',
  ]),
  mutation('unpaid purchases reserve all that is free', [
    `${decisions}/rules/issuance`,
    'if (wanted <= share * free && room >= tokens) return undefined;',
    'if (room >= tokens) return undefined;',
  ]),
  mutation('what was never paid counts for its month', [
    `${decisions}/state/pending-purchases`,
    'provider: totals.provider - counted',
    'provider: totals.provider + 0n * counted',
  ]),
  mutation('the price of an unpaid purchase holds for ever', [
    `${decisions}/purchases/credit-payment`,
    'time < purchase.priceHoldsUntil && ',
    '',
  ]),
  mutation('more is credited than was ordered', [
    `${decisions}/purchases/credit-payment`,
    'const bought = most < tokens ? most : tokens;',
    'const bought = most;',
  ]),
  mutation('tokens are taken back rounded down', [
    `${decisions}/state/purchase-money`,
    '(credited * money + paid - 1n) / paid',
    '(credited * money) / paid',
  ]),
  mutation('a refund and a chargeback take the same money twice', [
    `${decisions}/state/purchase-money`,
    'return least(paid, refunded + lost);',
    'return refunded + lost;',
  ]),
  mutation('a purchase counts again in its month once it is paid', [
    `${decisions}/state/wallet`,
    'const counted = pendingOf(wallet, purchaseId) !== undefined;',
    'const counted = pendingOf(wallet, purchaseId) === null;',
  ]),
  mutation('a refund leaves what it had bought and takes other tokens', [
    `${decisions}/purchases/reverse-purchase`,
    'const own = least(tokens, ',
    'const own = least(0n, ',
  ]),
  mutation('a notice is settled by what was known before another one', [
    `${decisions}/state/purchase-record`,
    "asOf === before.paymentChanges && purchase.status !== 'pending'",
    "asOf >= 0 && purchase.status !== 'pending'",
  ]),
  mutation('what is won back does not pay a debt first', [
    `${decisions}/purchases/reverse-purchase`,
    'const debt = least(wallet.debt, tokens);',
    'const debt = least(0n, tokens);',
  ]),
  mutation('a dispute that two persons credit is not counted as won', [
    `${decisions}/purchases/resolve-contradiction`,
    'return [PaymentNoticeTaken(taken), ...restored];',
    'return restored;',
  ]),
  mutation('what goes back before the money came is forgotten', [
    `${decisions}/state/pending-purchases`,
    '{ ...purchase, ...tallied(purchase, kind, paid.amount) }',
    'purchase',
  ]),
  mutation('what is gone is not owed', [
    `${decisions}/state/wallet`,
    'debt: wallet.debt + debt });',
    'debt: wallet.debt + 0n * debt });',
  ]),
  mutation('who owes tokens spends', [
    `${decisions}/rules/status`,
    "debt > 0n ? ({ code: 'WALLET.IN_DEBT' } as const) : undefined",
    "debt < 0n ? ({ code: 'WALLET.IN_DEBT' } as const) : undefined",
  ]),
  mutation('what comes in does not pay a debt', [
    `${decisions}/rules/debt`,
    '!state.opened || state.debt === 0n',
    '!state.opened || state.debt >= 0n',
  ]),
  mutation('a refund of another payment is taken', [
    `${decisions}/purchases/settle-purchase`,
    'if (isPaid && isOfAnother(notice, purchase))',
    'if (!isPaid && isOfAnother(notice, purchase))',
  ]),
  mutation('a payment that contradicts itself is resolved twice', [
    `${decisions}/purchases/resolve-contradiction`,
    'if (isResolved || waits)',
    'if (isResolved && waits)',
  ]),
  mutation('the change of a top-up is not kept', [
    `${decisions}/usage/top-up`,
    'const most = boughtFor(price.amount, posted) ?? lacking;',
    'const most = lacking;',
  ]),
  mutation('a price that is in force is withdrawn', [
    `${decisions}/prices/withdraw-token-price`,
    '!prices.announced.some(isToCome)',
    '!prices.announced.some((price) => price.priceVersion === priceVersion)',
  ]),
  mutation('a price is posted in another currency', [
    `${decisions}/rules/token-prices`,
    'if (own !== null && own !== currency)',
    'if (own !== null && own === undefined)',
  ]),
];
