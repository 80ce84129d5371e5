import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { walletCatalogue } from '@tokengrid/contracts';
import { askWhatever, unreadableEvents } from '@tokengrid/service/specimen';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { FreezeRequest } from './wallets/wallets.requests.ts';
import { MemberRequest } from './members/members.requests.ts';
import { LimitsRequest } from './limits/limits.requests.ts';
import { ExhaustionPolicyRequest } from './exhaustion-policy/exhaustion-policy.requests.ts';
import { CaptureRequest, ExtendHoldRequest, HoldRequest } from './holds/holds.requests.ts';
import { MarketPolicyRequest } from './market-policy/market-policy.requests.ts';
import { BillLimitRequest } from './bill-limit/bill-limit.requests.ts';
import { TokenPriceRequest } from './token-price/token-price.requests.ts';
import { CapacityRequest } from './capacity/capacity.requests.ts';
import { PlanRequest } from './plan/plan.requests.ts';
import { VoucherRequest } from './vouchers/vouchers.requests.ts';
import { TransferRequest } from './transfers/transfers.requests.ts';
import { GrantRequest } from './grants/grants.requests.ts';
import { SaleRequest } from './sales/sales.requests.ts';
import { PurchaseRequest } from './purchases/purchases.requests.ts';
import { QuoteRequest } from './quotes/quotes.requests.ts';
import type { Caller, RunningWallet } from '../testing/run-wallet.ts';
import { runWallet } from '../testing/run-wallet.ts';

let wallet: RunningWallet;
let party: Caller;
let other: Caller;
let holdId: unknown;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
  [party, other] = await Promise.all([wallet.party(), wallet.party()]);
  await wallet.buy(party, String(10n ** 24n));
  const hold = await wallet.post(party, 'holds', { tokens: '1000', expiresInSeconds: 600, reason: 'a use' });
  holdId = hold.body['holdId'];
}, 120_000);
afterAll(() => wallet.close(), 60_000);

/**
 * A request: its caller, method and path; `wallet/` stands for the party's own, `hold/` for one of
 * its holds. `fixed` are fields for which a random value would be useless.
 */
type Asked = [who: 'operator' | 'party', method: string, path: string, z.ZodType, fixed?: () => object];

const toOther = () => ({ toWalletId: other.walletId });
const asked: Asked[] = [
  ['party', 'POST', 'wallet/quotes', QuoteRequest],
  ['party', 'POST', 'wallet/purchases', PurchaseRequest, () => ({ method: 'carrier-bill', quoteId: undefined })],
  ['party', 'POST', 'wallet/sales', SaleRequest, () => ({ quoteId: undefined })],
  ['party', 'POST', 'wallet/transfers', TransferRequest, toOther],
  ['operator', 'POST', 'wallet/grants', GrantRequest],
  ['operator', 'POST', 'wallet/vouchers', VoucherRequest, () => ({ toWalletId: undefined })],
  ['party', 'POST', 'wallet/vouchers', VoucherRequest, toOther],
  ['party', 'POST', 'wallet/holds', HoldRequest],
  ['party', 'POST', 'hold/extend', ExtendHoldRequest],
  ['party', 'POST', 'hold/captures', CaptureRequest, () => ({ final: false })],
  ['party', 'PUT', 'wallet/limits', LimitsRequest],
  ['operator', 'PUT', 'wallet/members/sub_01jzxw9k3de5v8m2q4r6t8y0ab', MemberRequest],
  ['party', 'PUT', 'wallet/exhaustion-policy', ExhaustionPolicyRequest],
  ['operator', 'PUT', 'wallet/plan', PlanRequest],
  ['operator', 'PUT', 'wallet/bill-limit', BillLimitRequest],
  ['operator', 'POST', 'wallet/freeze', FreezeRequest],
  ['operator', 'POST', 'wallet/unfreeze', z.strictObject({})],
  ['operator', 'PUT', '/v1/capacity', CapacityRequest],
  ['operator', 'PUT', '/v1/market-policy', MarketPolicyRequest],
  ['operator', 'PUT', '/v1/token-price', TokenPriceRequest, () => ({ currency: 'CNY' })],
];

describe('whatever a request may say', () => {
  afterAll(async () => {
    expect(await unreadableEvents(wallet.instance(DataSource), walletCatalogue)).toEqual([]);
  });

  it.each(asked.map(([who, method, path, schema, fixed]) => ({ who, method, path, schema, fixed })))(
    'becomes an event that can be read: the $who asks $method $path',
    async ({ who, method, path, schema, fixed }) => {
      const at = path
        .replace(/^wallet/, `/v1/wallets/${party.walletId}`)
        .replace(/^hold\//, `/v1/holds/${holdId as string}/`);
      const ask = (body: unknown) =>
        wallet.call(who === 'party' ? party : wallet.operator, method, at, { ...(body as object), ...fixed?.() });
      await askWhatever(schema, ask, { atOnce: 12, runs: 6 });
    },
  );
});

describe('a time that is out of bounds once its offset is applied', () => {
  const late = '9999-12-31T23:59:59-12:00';
  const error = {
    pointer: expect.stringMatching(/^\/(expiresAt|effectiveFrom)$/),
    detail: 'must be from 2000 to 9999, in UTC',
  };
  const refused = { status: 400, body: { code: 'INVALID_ARGUMENT', errors: [error] } };

  it('is refused with its field, and nothing is stored', async () => {
    const voucher = { tokens: '1', shareBps: 1, toWalletId: other.walletId, expiresAt: late };
    expect(await wallet.post(party, 'vouchers', voucher)).toMatchObject(refused);
    expect(await wallet.grant(party, { tokens: '1', expiresAt: late })).toMatchObject(refused);
    const price = { currency: 'CNY', buy: '1', sellBack: '1', effectiveFrom: late };
    expect(await wallet.put('/v1/token-price', price)).toMatchObject(refused);
  });
});
