import type { EventOf, PurchasePending, WalletEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import type { Dice } from '@tokengrid/simulation-kit';
import type { PaymentNotice } from '@tokengrid/wallet/decisions/state/proposed-resolutions';
import { noTallies, tallied } from '@tokengrid/wallet/decisions/state/purchase-money';
import type { KnownPurchase, PurchaseRecord } from '@tokengrid/wallet/decisions/state/purchase-record';
import type { KnownContradiction } from '@tokengrid/wallet/decisions/purchases/resolve-contradiction';
import { lately } from './lately.ts';

type DirectoryPurchase = EventOf<typeof PurchasePending>['data'];

/** A notice that contradicted the known state. */
interface Contradiction {
  readonly walletId: string;
  readonly notice: PaymentNotice;
  isResolved: boolean;
}

/** Read models of purchases through the payment provider, in memory. */
export class PurchaseBook {
  private readonly begun: DirectoryPurchase[] = [];
  private readonly records = new Map<string, PurchaseRecord>();
  /** Number of changes of a wallet's purchases. */
  private readonly changes = new Map<string, number>();
  private readonly requested = new Set<string>();
  private readonly contradictions: Contradiction[] = [];
  private readonly noticeOf = new Map<string, string>();

  see(event: Recorded<WalletEvent>): void {
    switch (event.type) {
      case 'PurchasePending': {
        const { purchaseId, tokens, price, priceVersion, priceHoldsUntil } = event.data;
        this.begun.push(event.data);
        this.records.set(purchaseId, {
          ...{ purchaseId, status: 'pending', tokens, price, priceVersion, paid: price.amount, credited: 0n },
          ...{ priceHoldsUntil: Date.parse(priceHoldsUntil), ...noTallies },
        });
        return;
      }
      case 'PurchaseFailed':
      case 'PurchaseExpired':
      case 'PurchaseCancelled':
        return this.change(event.data, { status: 'unpaid' });
      case 'TokensPurchased': {
        const { purchaseId, method, price, tokens: credited, paymentId } = event.data;
        if (method !== 'payment-provider') return;
        if (!this.records.has(purchaseId)) return this.count(event.data.walletId);
        return this.change(event.data, { status: 'completed', paid: price.amount, credited, paymentId });
      }
      case 'PaymentNoticeTaken': {
        const { purchaseId, kind, paid } = event.data;
        return this.change(event.data, tallied(this.records.get(purchaseId)!, kind, paid.amount));
      }
      case 'PurchaseReversed': {
        const { purchaseId, kind, price } = event.data;
        const { refunded } = this.records.get(purchaseId)!;
        return this.change(event.data, kind === 'operator' ? { refunded: refunded + price.amount } : {});
      }
      case 'PurchaseRestored':
        return this.change(event.data, {});
      case 'PaymentContradicted':
        this.contradictions.push({ walletId: event.data.walletId, notice: event.data, isResolved: false });
        return this.change(event.data, {});
      case 'PaymentContradictionResolved': {
        const { noticeId } = event.data;
        const contradiction = this.contradictions.find(({ notice }) => notice.noticeId === noticeId)!;
        contradiction.isResolved = true;
        return this.change(event.data, {});
      }
      case 'PaymentRequested':
        this.requested.add(event.data.purchaseId);
        return;
      case 'ContradictionResolutionProposed':
        this.noticeOf.set(event.data.approvalId, event.data.purchaseId);
        return;
      default:
        // No look-up reads the other events.
        return;
    }
  }

  private change(
    { walletId, purchaseId }: { readonly walletId: string; readonly purchaseId: string },
    changed: Partial<PurchaseRecord>,
  ): void {
    this.records.set(purchaseId, { ...this.records.get(purchaseId)!, ...changed });
    this.count(walletId);
  }

  private count(walletId: string): void {
    this.changes.set(walletId, (this.changes.get(walletId) ?? 0) + 1);
  }

  /** A recent purchase that had to be paid, paid or not. */
  some(dice: Dice): DirectoryPurchase | undefined {
    return lately(this.begun, dice);
  }

  /** The known state of a purchase, for a notice about it. */
  known(walletId: string, purchaseId: string): KnownPurchase {
    return { asOf: this.changes.get(walletId) ?? 0, purchase: this.records.get(purchaseId)! };
  }

  /** One of the last contradictions, resolved or not. */
  someContradiction(dice: Dice): Contradiction | undefined {
    return lately(this.contradictions, dice);
  }

  /** All contradictions ever, the last one at the end. */
  allContradictions(): readonly Contradiction[] {
    return this.contradictions;
  }

  knownContradiction({ walletId, notice, isResolved }: Contradiction): KnownContradiction {
    return { ...this.known(walletId, notice.purchaseId), notice, isResolved };
  }

  /** The purchase of a proposed resolution. */
  purchaseOf(approvalId: string): string {
    return this.noticeOf.get(approvalId)!;
  }

  /** True if the provider has to be asked for a purchase's payment. */
  isAskedFor(purchaseId: string): boolean {
    return this.records.get(purchaseId)?.status === 'pending' && !this.requested.has(purchaseId);
  }
}
