import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import type { IncomingCommand, Principal } from '@tokengrid/service';
import { invalidArgument, newId, problem, ProblemError, serviceConfig } from '@tokengrid/service';
import type { WalletConfig } from '../config.ts';
import { purchaseTokens } from '../decisions/purchases/purchase-tokens.ts';
import { sendTokens } from '../decisions/transfers/send-tokens.ts';
import { Issuing } from '../flows/issuing.ts';
import { PaymentProvider } from '../payments/payment-provider.ts';
import { PaymentRequests } from '../payments/payment-requests.ts';
import { MarketPolicyInForce } from '../projections/market-policy-in-force.ts';
import { TokenPrices } from '../projections/token-prices.ts';
import { WalletDirectory } from '../projections/wallet-directory.ts';
import { Wallets } from '../streams/wallets.ts';
import { actorOf } from './acting.ts';
import type { PurchaseRequest, TransferRequest } from './wallets/wallets.requests.ts';

/** A command for which all has been looked up: it is in its lane's queue when this returns. */
export type Ready = (incoming: IncomingCommand) => Promise<Outcome<WalletEvent>>;

/**
 * What parties ask of their wallets, by single requests and inside of batches alike. Each looks up first what the decision has to know,
 * together with all that ask in the same turn of the event loop; what it throws is the answer.
 */
@Injectable()
export class WalletCommands {
  constructor(
    private readonly wallets: Wallets,
    private readonly issuing: Issuing,
    private readonly directory: WalletDirectory,
    private readonly prices: TokenPrices,
    private readonly market: MarketPolicyInForce,
    private readonly provider: PaymentProvider,
    private readonly requests: PaymentRequests,
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
      const outcome = this.prices.atPriceInForce(posted, (price) => {
        const asked = { purchaseId: newId('pur'), tokens, method, quoteId, posted: price, policy, actor };
        return this.issuing.issue(purchaseTokens, incoming.to(walletId, { ...asked, ...waiting }));
      });
      return method === 'payment-provider' ? this.askedFor(outcome) : outcome;
    };
  }

  /** The payment provider is asked as soon as the purchase waits; nobody waits for what it says. */
  private async askedFor(outcome: Promise<Outcome<WalletEvent>>): Promise<Outcome<WalletEvent>> {
    const settled = await outcome;
    this.requests.soon();
    return settled;
  }

  async transfer(caller: Principal, walletId: string, body: TransferRequest): Promise<Ready> {
    const { toWalletId } = body;
    const [policy, receiverKnown] = await Promise.all([
      this.market.now(),
      this.directory.knows(toWalletId),
      this.directory.mustReachAsMember(caller, walletId),
    ]);
    if (toWalletId === walletId) throw sameWallet('sends');
    return (incoming) => {
      const actor = actorOf(caller, walletId);
      const transfer = { transferId: newId('trf'), ...body, receiverKnown, policy, actor };
      return this.wallets.handle(sendTokens, incoming.to(walletId, transfer));
    };
  }
}

const noPaymentProvider = problem(
  409,
  'PAYMENT_PROVIDER_UNAVAILABLE',
  'the operator has no payment provider; buy with the method carrier-bill',
);

/** 400: tokens would go to the wallet that they come from. @param does what that one does with them */
export function sameWallet(does: 'sends' | 'funds it'): ProblemError {
  const detail = `must be another wallet than the one that ${does}`;
  return invalidArgument(`/toWalletId: ${detail}`, [{ pointer: '/toWalletId', detail }]);
}
