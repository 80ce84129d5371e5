import { Controller } from '@nestjs/common';
import type { EventOf, PurchasePending } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { PurchaseNotPending, recordPaymentRequest } from '../decisions/record-payment-request.ts';
import { PaymentProvider } from '../payments/payment-provider.ts';
import { PurchaseDirectory } from '../projections/purchase-directory.ts';
import { Wallets } from '../wallets.ts';

type Pending = Recorded<EventOf<typeof PurchasePending>>;

@Controller()
export class WhenPurchasePendingRequestPayment {
  constructor(
    private readonly wallets: Wallets,
    private readonly provider: PaymentProvider,
    private readonly purchases: PurchaseDirectory,
  ) {}

  /** Asks the payment provider for the money of each purchase that waits for it. While the provider is away, the purchases wait. */
  @Policy({ name: 'when-purchase-pending-request-payment', from: walletCatalogue, on: ['PurchasePending'] })
  async requestPayment({ data: { walletId, purchaseId, price } }: Pending, reaction: Reaction) {
    const purchase = await this.purchases.find(purchaseId);
    // After a restore all of the log comes again, when the provider may have forgotten that it was asked.
    if (purchase?.status !== 'pending' || purchase.paymentId !== null) return undefined;
    const answer = await this.provider.request({ purchaseId, price });
    try {
      return await this.wallets.handle(recordPaymentRequest, reaction.to(walletId, { purchaseId, answer }));
    } catch (error) {
      if (error instanceof PurchaseNotPending) return undefined;
      throw error;
    }
  }
}
