import type { KnownPrices } from '@tokengrid/wallet/decisions/prices/post-token-price';
import type { ProviderAnswer } from '@tokengrid/wallet/decisions/purchases/record-payment-request';
import type { PriceInForce } from '@tokengrid/wallet/decisions/rules/token-prices';
import { FactNeeded } from '@tokengrid/wallet/decisions/state/facts';
import type { MarketTerms } from '@tokengrid/wallet/decisions/usage/top-up';
import { PaymentProvider, type PaymentRequest, ProviderUnavailable } from '@tokengrid/wallet/payments/payment-provider';
import { Escrow } from '@tokengrid/wallet/projections/escrow';
import { MarketPolicyInForce } from '@tokengrid/wallet/projections/market-policy-in-force';
import { KeyDirectory } from '@tokengrid/wallet/projections/key-directory';
import { MemberDirectory } from '@tokengrid/wallet/projections/member-directory';
import { PurchaseDirectory } from '@tokengrid/wallet/projections/purchase-directory';
import { TokenPrices } from '@tokengrid/wallet/projections/token-prices';
import type { Lanes } from '@tokengrid/wallet/streams/lanes';
import type { Directory } from './directory.ts';
import { lineOf } from './key-lines.ts';

/** Escrow from memory instead of a database, like all read models here. */
export class KnownEscrow extends Escrow {
  constructor(
    private readonly charged: ReadonlyMap<number, bigint>,
    lanes: Lanes,
  ) {
    super(undefined as never, lanes);
  }

  override chargedByLane(): Promise<ReadonlyMap<number, bigint>> {
    return Promise.resolve(this.charged);
  }
}

/** The price in force. */
export class KnownPrice extends TokenPrices {
  constructor(private readonly posted: MarketTerms['posted']) {
    super(undefined as never, undefined as never);
  }

  override inForceNow(): Promise<PriceInForce | undefined> {
    return Promise.resolve(this.posted);
  }
}

/** The prices that a new one is compared with. */
export class PostedPrices extends TokenPrices {
  constructor(
    private readonly directory: Directory,
    private readonly now: () => number,
  ) {
    super(undefined as never, undefined as never);
  }

  override known(): Promise<KnownPrices> {
    return Promise.resolve(this.directory.pricesSince(this.now()));
  }
}

/** Refuses a second look-up: a request about a purchase changed since has no effect. */
export class KnownPurchases extends PurchaseDirectory {
  constructor() {
    super(undefined as never, undefined as never, undefined as never);
  }

  override mustKnow(purchaseId: string): Promise<never> {
    return Promise.reject(new FactNeeded('purchase', { purchaseId }));
  }

  override mustKnowContradiction(noticeId: string): Promise<never> {
    return Promise.reject(new FactNeeded('contradiction', { noticeId }));
  }
}

/** The policy in force. */
export class KnownPolicy extends MarketPolicyInForce {
  constructor(private readonly policy: MarketTerms['policy']) {
    super(undefined as never, { marketPolicyMaxAgeMs: 0 });
  }

  override now(): Promise<MarketTerms['policy']> {
    return Promise.resolve(this.policy);
  }
}

/** Members of shared wallets. */
export class KnownMembers extends MemberDirectory {
  constructor(private readonly knows: { walletsOf(partyId: string): readonly string[] }) {
    super(undefined as never);
  }

  override walletsOf(partyId: string): Promise<readonly string[]> {
    return Promise.resolve(this.knows.walletsOf(partyId));
  }
}

/** Keys of reported uses. */
export class KnownLines extends KeyDirectory {
  constructor() {
    super(undefined as never, undefined as never);
  }

  override lineOf(keyId: string): Promise<readonly string[]> {
    return Promise.resolve(lineOf(keyId));
  }
}

/**
 * A payment provider that accepts most payments, refuses some for good, and fails at times. It
 * answers the same for the same payment.
 */
export class SimulatedProvider extends PaymentProvider {
  override readonly isThere = true;

  /** @param isAway true if it does not answer this time */
  constructor(private readonly isAway: () => boolean) {
    super();
  }

  override request({ purchaseId }: PaymentRequest): Promise<ProviderAnswer> {
    if (this.isAway()) return Promise.reject(new ProviderUnavailable('the provider is away'));
    const number = Number(/\d+$/.exec(purchaseId)![0]);
    if (number % 5 === 0) return Promise.resolve({ taken: false, reason: 'no such account' });
    const paymentUrl = number % 2 === 0 ? `https://pay.example/${number}` : undefined;
    return Promise.resolve({ taken: true, paymentId: `pay_${number}`, paymentUrl });
  }
}
