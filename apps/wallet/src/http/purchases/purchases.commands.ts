import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import { type Principal, problem, ProblemError, serviceConfig } from '@tokengrid/service';
import type { WalletConfig } from '../../config.ts';
import { purchaseTokens } from '../../decisions/purchases/purchase-tokens.ts';
import { Deciding } from '../../flows/deciding.ts';
import { PaymentProvider } from '../../payments/payment-provider.ts';
import { PaymentRequests } from '../../payments/payment-requests.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { TokenPrices } from '../../projections/token-prices.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Lanes } from '../../streams/lanes.ts';
import { Wallets } from '../../streams/wallets.ts';
import { actorOf } from '../acting.ts';
import type { Ready } from '../ready.ts';
import { PurchaseRequest } from './purchases.requests.ts';

/** Purchase commands, of single requests and batches alike. */
@Injectable()
export class PurchaseCommands {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly directory: WalletDirectory,
    private readonly prices: TokenPrices,
    private readonly market: MarketPolicyInForce,
    private readonly provider: PaymentProvider,
    private readonly requests: PaymentRequests,
    private readonly lanes: Lanes,
    @Inject(serviceConfig)
    private readonly settings: Pick<WalletConfig, 'quoteSeconds' | 'purchaseExpiresSeconds' | 'pendingCapacityBps'>,
  ) {}

  async purchase(caller: Principal, walletId: string, { tokens, method, quoteId }: PurchaseRequest): Promise<Ready> {
    const [posted, policy] = await Promise.all([
      this.prices.inForceNow(),
      this.market.now(),
      this.directory.mustReach(caller, walletId),
    ]);
    if (method === 'payment-provider' && !this.provider.isThere) throw new ProblemError(noPaymentProvider);
    const actor = actorOf(caller, walletId);
    const { quoteSeconds, purchaseExpiresSeconds: expiresInSeconds, pendingCapacityBps } = this.settings;
    const waiting = { quoteSeconds, expiresInSeconds, pendingCapacityBps };
    return (incoming) => {
      const purchaseId = this.lanes.newIdBeside(walletId, 'pur');
      const asked = { purchaseId, tokens, method, quoteId, posted, policy, actor, ...waiting };
      const outcome = this.deciding.handle(this.wallets, purchaseTokens, incoming.to(walletId, asked));
      return method === 'payment-provider' ? this.askedFor(outcome) : outcome;
    };
  }

  /**
   * Asks the payment provider as soon as the purchase is pending, without waiting for its answer.
   */
  private async askedFor(outcome: Promise<Outcome<WalletEvent>>): Promise<Outcome<WalletEvent>> {
    const settled = await outcome;
    this.requests.soon();
    return settled;
  }
}

const noPaymentProvider = problem(
  409,
  'WALLET.PAYMENT_PROVIDER_UNAVAILABLE',
  'the operator has no payment provider; use the method carrier-bill',
);
