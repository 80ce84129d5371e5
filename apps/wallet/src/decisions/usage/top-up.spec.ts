import { describe, expect, it } from '@jest/globals';
import type { WalletEvent } from '@tokengrid/contracts';
import {
  BillLimitSet,
  CapacityUsed,
  derivedId,
  ExhaustionPolicySet,
  type RefusedUse,
  SpendLimitsSet,
  TokensPurchased,
  VoucherIssued,
  WalletFrozen,
} from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import { chargeWallet } from './charge-wallet.ts';
import {
  available,
  bill,
  charge as chargeWithout,
  charged as chargedFrom,
  chargeId,
  chargeRefused,
  context,
  from,
  given,
  made,
  limitedTo,
  now,
  opened,
  price,
  purchased,
  purchaseId,
  to,
  today,
  walletId,
} from '../examples.fixture.ts';
import { openMarket } from '../state/market-policies.ts';
import { placeHold } from '../holds/place-hold.ts';
import { setExhaustionPolicy } from '../wallets/set-exhaustion-policy.ts';
import { FactNeeded } from '../state/facts.ts';

const policySet = (action: 'stop' | 'bill', monthlyCap: bigint | null = null) =>
  ExhaustionPolicySet({ walletId, action, monthlyCap });
const billing = policySet('bill');
const million = 1_000_000n;
const automaticId = derivedId('pur', chargeId);
const market = { posted: price, policy: openMarket };
const charge = (tokens: bigint) => ({ ...chargeWithout(tokens), market });

/** A top-up for two minor units, which buy 10,000 µAIT. */
const topped = (tokens: bigint, amount: bigint) => [
  TokensPurchased({
    ...{ walletId, purchaseId: automaticId, tokens, method: 'carrier-bill', automatic: true },
    ...{ price: { currency: 'CNY', amount }, priceVersion: 3, day: today, timeZone: 'UTC', status: 'completed' },
    lot: { lotId: automaticId, source: 'purchase', tokens, priority: 50, expiresAt: null, transferable: true },
    postings: [
      from('lane:0:issuance', tokens),
      to(available, tokens),
      from('lane:0:sales', amount, 'CNY'),
      to(bill, amount, 'CNY'),
    ],
  }),
  onSystemStream(CapacityUsed({ walletId, tokens })),
];
const charged = (tokens: bigint, lots: readonly { lotId: string; tokens: bigint; expiresAt?: string }[]) =>
  chargedFrom(tokens, lots, { on: { day: today, timeZone: 'UTC' } });
const refused = (tokens: bigint, code: RefusedUse['code'], more: object = {}) =>
  chargeRefused(tokens, { code, ...more });
const exceeded = (limit: string, left: bigint, required: bigint) =>
  refused(million, 'WALLET.LIMIT_EXCEEDED', { limit, available: left, required });
/** A top-up on another day, of this month or another one. */
const toppedBefore = (amount: bigint, day: string) => {
  const event = topped(1n, amount)[0] as ReturnType<typeof TokensPurchased>;
  return { ...event, data: { ...event.data, day } };
};

describe('when tokens run out', () => {
  it('a charge stops, unless the owner decided otherwise', () => {
    const short = refused(101n, 'WALLET.INSUFFICIENT_TOKENS', { available: 100n, required: 101n });
    given(opened, purchased(100n)).when(chargeWallet, charge(101n), context).then(short);
    given(opened, purchased(100n), billing, policySet('stop')).when(chargeWallet, charge(101n), context).then(short);
  });

  it('what is lacking is bought at the posted price, and then charged', () =>
    given(opened, purchased(100n), billing)
      .when(chargeWallet, charge(10_100n), context)
      .then(
        ...topped(10_000n, 2n),
        charged(10_100n, [
          { lotId: purchaseId, tokens: 100n },
          { lotId: automaticId, tokens: 10_000n },
        ]),
      ));

  it('what the minor units pay for is bought, and what the charge does not take of it stays', () =>
    given(opened, billing)
      .when(chargeWallet, charge(1n), context)
      .then(...topped(5000n, 1n), charged(1n, [{ lotId: automaticId, tokens: 1n }])));

  it('the change pays for the next uses: many small ones cost what they cost together', () => {
    let history: readonly WalletEvent[] = [opened, billing];
    for (let number = 0; number < 100; number++) {
      const { decided } = given(...history).when(chargeWallet, charge(333n), context);
      history = [...history, ...(decided.filter((event) => 'type' in event) as WalletEvent[])];
    }
    const billed = history.flatMap((event) => (event.type === 'TokensPurchased' ? [event.data.price.amount] : []));
    // 33,300 µAIT, at 5,000 per minor unit.
    expect(billed).toEqual([1n, 1n, 1n, 1n, 1n, 1n, 1n]);
  });

  it('nothing is bought beyond what is lacking where tokens cost nothing', () => {
    const free = { ...market, posted: { ...price, buy: 0n } };
    const { decided } = given(opened, billing).when(chargeWallet, { ...charge(7n), market: free }, context);
    expect(decided[0]).toMatchObject({ type: 'TokensPurchased', data: { tokens: 7n, price: { amount: 0n } } });
  });

  it('the change needs capacity too: of it is bought what there is', () => {
    const asked = { ...charge(1n), capacityLeft: 0n };
    expect(() => given(opened, billing).when(chargeWallet, charge(1n), limitedTo(4999n))).toThrow(
      'fact needed: capacity',
    );
    given(opened, billing)
      .when(chargeWallet, asked, limitedTo(4999n))
      .then(...topped(4999n, 1n), charged(1n, [{ lotId: automaticId, tokens: 1n }]));
    given(opened, billing)
      .when(chargeWallet, asked, limitedTo(1n))
      .then(...topped(1n, 1n), charged(1n, [{ lotId: automaticId, tokens: 1n }]));
    // The capacity left beside the lane's slice covers the lacking tokens, so the lane asks for it.
    const some = { ...charge(3n), capacityLeft: 2n };
    expect(() => given(opened, billing).when(chargeWallet, some, limitedTo(1n))).toThrow(
      new FactNeeded('capacity', { lane: 0, lacking: 2n }),
    );
    given(opened, billing)
      .when(chargeWallet, { ...some, capacityLeft: 1n }, limitedTo(1n))
      .then(refused(3n, 'WALLET.ISSUANCE_EXHAUSTED', { available: 2n, required: 3n }));
  });

  it('nothing is bought for a charge that the wallet covers, nor any price asked for', () =>
    given(opened, purchased(100n), billing)
      .when(chargeWallet, { ...charge(100n), market: undefined }, context)
      .then(charged(100n, [{ lotId: purchaseId, tokens: 100n }])));

  it('vouchers pay their part first', () => {
    const voucherId = `vch_${'1'.repeat(26)}`;
    const expiresAt = new Date(now + 1000).toISOString();
    const voucher = VoucherIssued({
      ...{ walletId, voucherId, tokens: 500n },
      lot: made({
        ...{ lotId: voucherId, source: 'voucher', tokens: 500n, priority: 50, expiresAt, transferable: false },
        voucher: { funder: 'operator', shareBps: 2500 },
      }),
      postings: [from('lane:0:issuance', 500n), to(available, 500n)],
    });
    given(opened, voucher, billing)
      .when(chargeWallet, charge(1000n), context)
      .then(
        ...topped(5000n, 1n),
        charged(1000n, [
          { lotId: voucherId, tokens: 250n, expiresAt },
          { lotId: automaticId, tokens: 750n },
        ]),
      );
  });

  it('the terms are asked for before anything is decided', () =>
    expect(() => given(opened, billing).when(chargeWallet, { ...charge(1n), market: undefined }, context)).toThrow(
      'fact needed: marketTerms',
    ));

  it('holds are not topped up', () =>
    expect(
      given(opened, billing).when(
        placeHold,
        { holdId: `hld_${'1'.repeat(26)}`, tokens: 1n, expiresInSeconds: 1, reason: 'a use' },
        context,
      ).decided,
    ).toMatchObject([{ type: 'HoldRefused', data: { code: 'WALLET.INSUFFICIENT_TOKENS' } }]));
});

describe('a charge that has to buy first is refused', () => {
  // Each row but the first also fails for every reason after it.
  const poor = { ...market, policy: { ...openMarket, billMonthlyLimit: 199n } };
  const capped = policySet('bill', 199n);

  it('where the wallet is frozen, before anything about money', () =>
    given(opened, capped, WalletFrozen({ walletId, status: 'frozen', by: 'operator' }))
      .when(chargeWallet, { ...charge(million), market: { ...poor, posted: undefined } }, limitedTo(0n))
      .then(refused(million, 'WALLET.FROZEN')));

  it('for limits on spending, before anything about money', () =>
    given(opened, capped, SpendLimitsSet({ walletId, daily: 999_999n, alertsAt: [] }))
      .when(chargeWallet, { ...charge(million), market: { ...poor, posted: undefined } }, limitedTo(0n))
      .then(exceeded('daily', 999_999n, million)));

  it('where no price is posted', () =>
    given(opened, capped)
      .when(chargeWallet, { ...charge(million), market: { ...poor, posted: undefined } }, limitedTo(0n))
      .then(refused(million, 'WALLET.NO_TOKEN_PRICE')));

  it('where it comes to more than any bill takes, whatever the caps are', () => {
    const [costly, most] = [{ ...price, buy: 1_000_000n }, 10n ** 30n];
    const billed = (tokens: bigint) =>
      given(opened, billing).when(chargeWallet, { ...charge(tokens), market: { ...market, posted: costly } }, context);
    billed(most + 1n).then(refused(most + 1n, 'WALLET.PRICE_TOO_LARGE'));
    expect(billed(most).decided).toMatchObject([
      { type: 'TokensPurchased', data: { price: { amount: most } } },
      {},
      {},
    ]);
  });

  it('one minor unit above the wallet’s own cap', () =>
    given(opened, capped)
      .when(chargeWallet, { ...charge(million), market: poor }, limitedTo(0n))
      .then(exceeded('exhaustion-monthly', 199n, 200n)));

  it('one minor unit above what the carrier may bill', () =>
    given(opened, billing)
      .when(chargeWallet, { ...charge(million), market: poor }, limitedTo(0n))
      .then(exceeded('bill-monthly', 199n, 200n)));

  it('one minor unit above what the carrier may bill this very party', () =>
    given(opened, billing, BillLimitSet({ walletId, monthlyLimit: 199n }))
      .when(chargeWallet, charge(million), limitedTo(0n))
      .then(exceeded('bill-monthly', 199n, 200n)));

  it('where the capacity does not cover it, once the lane has asked for more', () => {
    const asked = () => given(opened, billing).when(chargeWallet, charge(million), limitedTo(999_999n));
    expect(asked).toThrow('fact needed: capacity');
    given(opened, billing)
      .when(chargeWallet, { ...charge(million), capacityLeft: 0n }, limitedTo(999_999n))
      .then(refused(million, 'WALLET.ISSUANCE_EXHAUSTED', { available: 999_999n, required: million }));
  });
});

describe('the cap of a month', () => {
  const bought = (cap: bigint, ...history: readonly WalletEvent[]) =>
    given(opened, ...history, policySet('bill', cap)).when(chargeWallet, charge(million), context).decided;

  it('may be reached', () => expect(bought(200n)).toMatchObject([{ type: 'TokensPurchased' }, {}, {}]));

  it('counts what was bought so in the month, and nothing else', () => {
    expect(bought(299n, toppedBefore(100n, '2026-01-31'))).toMatchObject([
      { type: 'WalletCharged', data: { refused: [{ limit: 'exhaustion-monthly', available: 199n, required: 200n }] } },
    ]);
    expect(bought(299n, toppedBefore(100n, '2025-12-31'))).toMatchObject([{ type: 'TokensPurchased' }, {}, {}]);
    expect(bought(200n, purchased(100n))).toMatchObject([{ type: 'TokensPurchased' }, {}, {}]);
  });

  it('leaves nothing, never less, where it was lowered', () =>
    expect(bought(100n, toppedBefore(300n, today))).toMatchObject([
      { type: 'WalletCharged', data: { refused: [{ limit: 'exhaustion-monthly', available: 0n, required: 200n }] } },
    ]));

  it('counts on the bill as any purchase does', () => {
    const policy = { ...openMarket, billMonthlyLimit: 499n };
    given(opened, billing, toppedBefore(300n, today))
      .when(chargeWallet, { ...charge(million), market: { posted: price, policy } }, context)
      .then(exceeded('bill-monthly', 199n, 200n));
  });

  it('is set, and set anew', () => {
    given(opened).when(setExhaustionPolicy, { action: 'bill', monthlyCap: 5n }, context).then(policySet('bill', 5n));
    given(opened, policySet('bill', 5n))
      .when(setExhaustionPolicy, { action: 'stop', monthlyCap: null }, context)
      .then(policySet('stop'));
  });
});
