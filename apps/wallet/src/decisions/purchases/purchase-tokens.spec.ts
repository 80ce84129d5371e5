import { describe, expect, it } from '@jest/globals';
import { CapacityUsed, PurchaseRefused, TokensPurchased } from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import {
  available,
  bill,
  context,
  from,
  given,
  limitedTo,
  opened,
  price,
  purchaseId,
  to,
  today,
  waiting,
  walletId,
} from '../examples.fixture.ts';
import { openMarket } from '../state/market-policies.ts';
import { purchaseTokens } from './purchase-tokens.ts';
import { WalletNotOpen } from '../state/wallet.ts';
import { FactNeeded } from '../state/facts.ts';

describe('purchase tokens', () => {
  const buy = (tokens: bigint) =>
    ({ purchaseId, tokens, method: 'carrier-bill', posted: price, policy: openMarket, ...waiting }) as const;
  const refused = (tokens: bigint, code: Parameters<typeof PurchaseRefused>[0]['code'], amounts: object = {}) =>
    PurchaseRefused({ walletId, purchaseId, tokens, code, ...amounts });
  const bought = (tokens: bigint, cost: bigint) => [
    TokensPurchased({
      walletId,
      purchaseId,
      tokens,
      method: 'carrier-bill',
      price: { currency: 'CNY', amount: cost },
      priceVersion: 3,
      day: today,
      timeZone: 'UTC',
      status: 'completed',
      lot: { lotId: purchaseId, source: 'purchase', tokens, priority: 50, expiresAt: null, transferable: true },
      postings: [
        from('lane:0:issuance', tokens),
        to(available, tokens),
        from('lane:0:sales', cost, 'CNY'),
        to(bill, cost, 'CNY'),
      ],
    }),
    onSystemStream(CapacityUsed({ walletId, tokens })),
  ];

  it("issues tokens at the posted price, on the carrier's bill", () =>
    given(opened)
      .when(purchaseTokens, buy(2_500_000n), context)
      .then(...bought(2_500_000n, 500n)));

  it('rounds the cost up to a whole minor unit', () =>
    given(opened)
      .when(purchaseTokens, buy(1n), context)
      .then(...bought(1n, 1n)));

  it("issues the last µAIT of the lane's slice", () =>
    given(opened)
      .when(purchaseTokens, buy(1_000_000n), limitedTo(1_000_000n))
      .then(...bought(1_000_000n, 200n)));

  it('is refused while no price is posted, whatever the capacity', () =>
    given(opened)
      .when(purchaseTokens, { ...buy(5n), posted: undefined }, limitedTo(0n))
      .then(refused(5n, 'WALLET.NO_TOKEN_PRICE')));

  it("asks for a larger slice before it decides past the lane's own", () => {
    const deciding = () => given(opened).when(purchaseTokens, buy(11n), limitedTo(10n));
    expect(deciding).toThrow(new FactNeeded('capacity', { lane: 0, lacking: 1n }));
  });

  it('is refused once there is known to be no more, and says what there is', () =>
    given(opened)
      .when(purchaseTokens, { ...buy(16n), capacityLeft: 5n }, limitedTo(10n))
      .then(refused(16n, 'WALLET.ISSUANCE_EXHAUSTED', { available: 15n, required: 16n })));

  it('speaks of nothing, never of less, where more is outstanding than may be', () =>
    given(opened)
      .when(purchaseTokens, { ...buy(16n), capacityLeft: -500n }, limitedTo(0n))
      .then(refused(16n, 'WALLET.ISSUANCE_EXHAUSTED', { available: 0n, required: 16n })));

  it('waits for the wallet to be opened', () =>
    expect(() => given().when(purchaseTokens, buy(1n), context)).toThrow(WalletNotOpen));
});
