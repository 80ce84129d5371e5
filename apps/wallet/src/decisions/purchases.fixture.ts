/** What the read models say of purchases, for the specs beside the decisions: folded from the events that they are made of. */
import type { WalletEvent } from '@tokengrid/contracts';
import { noTallies, tallied } from './purchase-money.ts';
import type { KnownPurchase, PurchaseRecord } from './purchase-record.ts';

/** A purchase as it is known after all of that, and how much of its wallet's purchases had changed. */
export function knownAfter(events: readonly WalletEvent[], purchaseId: string): KnownPurchase {
  let asOf = 0;
  let purchase: PurchaseRecord | undefined;
  for (const event of events) {
    if (!('purchaseId' in event.data)) continue;
    const isOne = event.data.purchaseId === purchaseId;
    if (event.type === 'PurchasePending' && isOne) {
      const { tokens, price, priceVersion, priceHoldsUntil } = event.data;
      const times = { priceHoldsUntil: Date.parse(priceHoldsUntil) };
      const unpaid = { status: 'pending', paid: price.amount, credited: 0n, ...noTallies } as const;
      purchase = { purchaseId, tokens, price, priceVersion, ...times, ...unpaid };
    }
    const changed = changeBy(event, purchase);
    if (!changed) continue;
    asOf += 1;
    if (isOne && purchase) purchase = { ...purchase, ...changed };
  }
  return { asOf, purchase: purchase! };
}

function changeBy(event: WalletEvent, known: PurchaseRecord | undefined): Partial<PurchaseRecord> | undefined {
  switch (event.type) {
    case 'PurchaseFailed':
    case 'PurchaseExpired':
    case 'PurchaseCancelled':
      return { status: 'unpaid' };
    case 'TokensPurchased': {
      const { method, price, tokens: credited, paymentId } = event.data;
      if (method !== 'payment-provider') return undefined;
      return { status: 'completed', paid: price.amount, credited, paymentId };
    }
    case 'PaymentNoticeTaken':
      return known ? tallied(known, event.data.kind, event.data.paid.amount) : {};
    case 'PurchaseReversed': {
      const { kind, price } = event.data;
      return known && kind === 'operator' ? { refunded: known.refunded + price.amount } : {};
    }
    case 'PurchaseRestored':
    case 'PaymentContradicted':
    case 'PaymentContradictionResolved':
      return {};
    default:
      return undefined;
  }
}
