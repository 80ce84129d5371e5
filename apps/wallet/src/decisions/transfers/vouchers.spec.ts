import { describe, expect, it } from '@jest/globals';
import {
  CapacityFreed,
  CapacityUsed,
  HoldRefused,
  instantOf,
  type Lot,
  TokensExpired,
  TokensReceived,
  TokensSent,
  TransferRefused,
  TransferReturned,
  VoucherIssued,
  VoucherRefunded,
  VoucherRefused,
  VoucherReturned,
  type VoucherTerms,
  type WalletEvent,
  walletIdOf,
} from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import { chargeWallet } from '../usage/charge-wallet.ts';
import {
  available,
  chargeOf,
  chargeRefused,
  context,
  from,
  given,
  granted,
  grantId,
  hour,
  limitedTo,
  now,
  sentOn,
  opened,
  otherWalletId,
  partyId,
  price,
  purchased,
  purchaseId,
  saleId,
  to,
  today,
  transferId,
  use,
  walletId,
} from '../examples.fixture.ts';
import { expireTokens } from '../wallets/expire-tokens.ts';
import { fundVoucher } from './fund-voucher.ts';
import { issueVoucher } from '../grants/issue-voucher.ts';
import { openMarket } from '../state/market-policies.ts';
import { placeHold } from '../holds/place-hold.ts';
import { receiveTokens } from './receive-tokens.ts';
import { refundVoucher } from './refund-voucher.ts';
import { returnTransfer } from './return-transfer.ts';
import { sellTokens } from '../purchases/sell-tokens.ts';
import { sendTokens } from './send-tokens.ts';
import { mostVouchers } from '../state/vouchers.ts';
import { mostVouchersOfParties } from '../rules/vouchers.ts';

const voucherId = `vch_${'1'.repeat(26)}`;
const funder = `org_${'c'.repeat(26)}`;
const otherFunder = `org_${'d'.repeat(26)}`;
const end = now + hour;
const due = { ...context, time: end };

const lotOf = (tokens: bigint, terms: Partial<VoucherTerms> = {}, lotId = voucherId): Lot => ({
  ...{ lotId, source: 'voucher', tokens, priority: 10, expiresAt: instantOf(end), transferable: false },
  voucher: { funder: 'operator', shareBps: 10_000, ...terms },
});
/** A received voucher. */
const voucher = (tokens: bigint, terms: Partial<VoucherTerms> = {}, lotId = voucherId) =>
  VoucherIssued({
    ...{ walletId, voucherId, tokens, lot: lotOf(tokens, terms, lotId) },
    postings: [from('lane:0:issuance', tokens), to(available, tokens)],
  });
const many = (number: number, terms: Partial<VoucherTerms> = {}, prefix = 'x') =>
  Array.from({ length: number }, (_, index) => voucher(1n, terms, `${prefix}${index}`));

describe('a charge with vouchers', () => {
  const charge = (tokens: bigint, over: object = {}) => chargeOf({ use: use(tokens, over) });
  /** Payments of a charge by lot: pairs of lot id and µAIT. */
  const paidBy = (history: readonly WalletEvent[], tokens: bigint, over: object = {}) => {
    const [event] = given(opened, ...history).when(chargeWallet, charge(tokens, over), context).decided;
    if (!event || !('type' in event) || event.type !== 'WalletCharged') throw new Error('it was not charged');
    return event.data.uses[0]!.lots.map((lot) => [lot.lotId, lot.tokens]);
  };
  const bought = purchased(1000n);

  it('pays wholly by a voucher for anything that pays wholly', () =>
    expect(paidBy([voucher(100n), bought], 100n)).toEqual([[voucherId, 100n]]));

  it.each([
    ['half of an even charge', 5000, 100n, 50n],
    ['half of an odd charge, rounded down', 5000, 101n, 50n],
    ['a third, rounded down', 3333, 100n, 33n],
    ['one basis point of 9,999, rounded down to nothing', 1, 9_999n, 0n],
    ['one basis point of 10,000', 1, 10_000n, 1n],
    ['all but a basis point of one µAIT, rounded down to nothing', 9_999, 1n, 0n],
  ])('pays %s by a voucher, the rest by other lots', (_, shareBps, tokens, share) => {
    const paid = paidBy([voucher(5000n, { shareBps }), purchased(10_000n)], tokens);
    const rest = [purchaseId, tokens - share];
    expect(paid).toEqual(share === 0n ? [rest] : [[voucherId, share], rest]);
  });

  it('pays by a voucher no more than its cap for one use, and no more than is left of it', () => {
    expect(paidBy([voucher(500n, { capPerUse: 30n }), bought], 100n)).toEqual([
      [voucherId, 30n],
      [purchaseId, 70n],
    ]);
    expect(paidBy([voucher(500n, { shareBps: 2000, capPerUse: 30n }), bought], 100n)[0]).toEqual([voucherId, 20n]);
    expect(paidBy([voucher(7n), bought], 100n)).toEqual([
      [voucherId, 7n],
      [purchaseId, 93n],
    ]);
  });

  it('takes vouchers in their place in burn order, each for its own share', () => {
    const first = granted(10n, { expiresAt: now + 1, transferable: false });
    const second = voucher(500n, { shareBps: 5000 }, 'b');
    expect(paidBy([bought, voucher(500n, { shareBps: 1000 }, 'a'), second, first], 100n)).toEqual([
      [grantId, 10n],
      ['a', 10n],
      ['b', 50n],
      [purchaseId, 30n],
    ]);
  });

  const inScope = [[voucherId, 100n]];
  const outOfScope = [[purchaseId, 100n]];
  const translate = { app: 'translate', model: 'qwen' };
  it.each([
    ['for the app', { apps: ['other', 'translate'] }, translate, inScope],
    ['for another app', { apps: ['other'] }, translate, outOfScope],
    ['for an app, of a use without one', { apps: ['translate'] }, { model: 'qwen' }, outOfScope],
    ['for the model', { models: ['qwen'] }, translate, inScope],
    ['for another model', { models: ['other'] }, translate, outOfScope],
    ['for the app and the model', { apps: ['translate'], models: ['qwen'] }, translate, inScope],
    ['for the app and another model', { apps: ['translate'], models: ['other'] }, translate, outOfScope],
    ['for anything', {}, { model: 'qwen' }, inScope],
  ])('counts a voucher %s', (_, terms, over, expected) => {
    const used = { app: undefined, ...over };
    expect(paidBy([voucher(100n, terms), bought], 100n, used)).toEqual(expected);
  });

  it('is refused one µAIT beyond what could be used for it, and says what could', () =>
    given(opened, voucher(100n, { shareBps: 5000 }), voucher(100n, { apps: ['other'] }, 'out'), purchased(49n))
      .when(chargeWallet, charge(100n), context)
      .then(chargeRefused(100n, { code: 'WALLET.INSUFFICIENT_TOKENS', available: 99n, required: 100n })));

  it('leaves a voucher where it is in all that is no charge', () => {
    const history = [opened, voucher(100n), purchased(10n)];
    const amounts = { available: 10n, required: 11n };
    const holdId = `hld_${'1'.repeat(26)}`;
    given(...history)
      .when(placeHold, { holdId, tokens: 11n, expiresInSeconds: 60, reason: 'r' }, context)
      .then(HoldRefused({ walletId, holdId, tokens: 11n, code: 'WALLET.INSUFFICIENT_TOKENS', ...amounts }));
    const sale = { saleId, tokens: 11n, posted: price, policy: openMarket };
    expect(given(...history).when(sellTokens, sale, context).decided).toMatchObject([{ data: amounts }]);
    const transfer = { transferId, toWalletId: otherWalletId, tokens: 11n, receiverKnown: true, policy: openMarket };
    expect(given(...history).when(sendTokens, transfer, context).decided).toMatchObject([{ data: amounts }]);
    const hold = given(...history).when(placeHold, { holdId, tokens: 10n, expiresInSeconds: 60, reason: 'r' }, context);
    expect(hold.decided).toMatchObject([{ data: { lots: [{ lotId: purchaseId, tokens: 10n }] } }]);
  });
});

describe('issue voucher', () => {
  const terms = { apps: ['translate'], shareBps: 5000, capPerUse: 20n };
  const issue = { voucherId, tokens: 100n, terms, expiresAt: end };
  const refused = (code: Parameters<typeof VoucherRefused>[0]['code'], amounts: object = {}) =>
    VoucherRefused({ walletId, voucherId, tokens: 100n, code, ...amounts });

  it('gives a wallet tokens for certain uses, out of the capacity', () =>
    given(opened)
      .when(issueVoucher, issue, limitedTo(100n))
      .then(voucher(100n, terms), onSystemStream(CapacityUsed({ walletId, tokens: 100n }))));

  it('is refused where it would have expired, before anything else', () =>
    given(opened, ...many(mostVouchers))
      .when(issueVoucher, { ...issue, expiresAt: now, capacityLeft: 0n }, limitedTo(0n))
      .then(refused('WALLET.EXPIRY_PASSED')));

  it('is refused where the wallet has too many, whatever the capacity', () =>
    given(opened, ...many(mostVouchers))
      .when(issueVoucher, { ...issue, capacityLeft: 0n }, limitedTo(0n))
      .then(refused('WALLET.TOO_MANY_VOUCHERS')));

  it('has room beside as many as other parties may fund', () =>
    expect(
      given(opened, ...many(mostVouchersOfParties, { funder })).when(issueVoucher, issue, context).decided[0],
    ).toMatchObject({ type: 'VoucherIssued' }));

  it('is refused where the capacity does not cover it', () =>
    given(opened)
      .when(issueVoucher, { ...issue, capacityLeft: 0n }, limitedTo(99n))
      .then(refused('WALLET.ISSUANCE_EXHAUSTED', { available: 99n, required: 100n })));

  it('expires unused', () =>
    given(opened, voucher(100n))
      .when(expireTokens, {}, due)
      .then(
        TokensExpired({
          ...{ walletId, tokens: 100n, lots: [{ lotId: voucherId, tokens: 100n, expiresAt: instantOf(end) }] },
          postings: [from(available, 100n), to('lane:0:expired', 100n)],
        }),
        onSystemStream(CapacityFreed({ walletId, tokens: 100n, returned: false })),
      ));
});

describe('fund voucher', () => {
  const terms = { models: ['qwen'], shareBps: 5000 };
  const asked = { walletId, transferId, toWalletId: otherWalletId, tokens: 60n };
  const fund = {
    transferId,
    toWalletId: otherWalletId,
    tokens: 60n,
    receiverKnown: true,
    policy: openMarket,
    terms,
    expiresAt: end,
  };
  const refused = (code: Parameters<typeof TransferRefused>[0]['code'], over: object = {}) =>
    TransferRefused({ ...asked, code, ...over });

  it('sends tokens under the sender’s terms, until their end', () =>
    given(opened, purchased(100n))
      .when(fundVoucher, fund, context)
      .then(
        TokensSent({
          ...asked,
          voucher: { ...terms, funder: partyId },
          day: today,
          timeZone: 'UTC',
          lots: [{ lotId: purchaseId, tokens: 60n }],
          parcels: [{ tokens: 60n, expiresAt: instantOf(end) }],
          postings: [from(available, 60n), to('lane:0:in-transit', 60n)],
        }),
      ));

  const off = { ...openMarket, sending: { allowed: false } };
  it('is refused where there is no such wallet, before anything else', () =>
    given(opened)
      .when(fundVoucher, { ...fund, receiverKnown: false, expiresAt: now, policy: off }, context)
      .then(refused('NOT_FOUND')));

  it('is refused where it would have expired, whatever the market allows', () =>
    given(opened)
      .when(fundVoucher, { ...fund, expiresAt: now, policy: off }, context)
      .then(refused('WALLET.EXPIRY_PASSED')));

  it('is sending, to the market', () => {
    given(opened)
      .when(fundVoucher, { ...fund, policy: off }, context)
      .then(refused('WALLET.SENDING_OFF'));
    const capped = { ...openMarket, sending: { allowed: true, monthlyCap: 59n } };
    given(opened)
      .when(fundVoucher, { ...fund, policy: capped }, context)
      .then(refused('WALLET.LIMIT_EXCEEDED', { limit: 'sending-monthly', available: 59n, required: 60n }));
  });

  it('is refused for what has an end of its own, is a voucher itself or may not leave', () =>
    given(opened, purchased(59n), granted(50n, { expiresAt: end + hour }), voucher(70n))
      .when(fundVoucher, fund, context)
      .then(refused('WALLET.INSUFFICIENT_TOKENS', { available: 59n, required: 60n })));
});

describe('a voucher that a party funded', () => {
  const terms = { funder, models: ['qwen'], shareBps: 5000 };
  const arrival = { transferId, walletId, fromWalletId: walletIdOf(funder), tokens: 60n };
  const parcels = [{ tokens: 60n, expiresAt: instantOf(end) }];
  const received = TokensReceived({
    ...arrival,
    lots: [lotOf(60n, terms, transferId)],
    postings: [from('lane:0:in-transit', 60n), to(available, 60n)],
  });

  it('arrives as a lot of its own, however many lots there are', () => {
    given(opened)
      .when(receiveTokens, { ...arrival, sentOn, voucher: terms, parcels }, context)
      .then(received);
    given(opened, ...many(mostVouchers - 1))
      .when(receiveTokens, { ...arrival, sentOn, voucher: terms, parcels }, context)
      .then(received);
  });

  it('comes back to who funded it without the end that it had', () =>
    given(opened)
      .when(
        returnTransfer,
        {
          ...{ transferId, toWalletId: otherWalletId, tokens: 60n, sentOn, code: 'WALLET.TOO_MANY_VOUCHERS' },
          parcels,
          isVoucher: true,
        },
        context,
      )
      .then(
        TransferReturned({
          ...{ walletId, transferId, tokens: 60n, toWalletId: otherWalletId, sentOn, code: 'WALLET.TOO_MANY_VOUCHERS' },
          lots: [
            { lotId: transferId, source: 'refund', tokens: 60n, priority: 50, expiresAt: null, transferable: true },
          ],
          postings: [from('lane:0:in-transit', 60n), to(available, 60n)],
        }),
      ));

  it('goes back as far as it was not used, one event for each funder; the operator’s expires', () => {
    const back = (by: string, lots: readonly (readonly [string, bigint])[], tokens: bigint) =>
      VoucherReturned({
        ...{ walletId, funderWalletId: walletIdOf(by), tokens },
        lots: lots.map(([lotId, left]) => ({ lotId, tokens: left, expiresAt: instantOf(end) })),
        postings: [from(available, tokens), to('lane:0:in-transit', tokens)],
      });
    given(
      opened,
      received,
      voucher(5n, { funder: otherFunder }, 'other'),
      voucher(7n, {}, 'operators'),
      voucher(9n, { funder }, 'more'),
    )
      .when(expireTokens, {}, due)
      .then(
        back(
          funder,
          [
            [transferId, 60n],
            ['more', 9n],
          ],
          69n,
        ),
        back(otherFunder, [['other', 5n]], 5n),
        TokensExpired({
          ...{ walletId, tokens: 7n, lots: [{ lotId: 'operators', tokens: 7n, expiresAt: instantOf(end) }] },
          postings: [from(available, 7n), to('lane:0:expired', 7n)],
        }),
        onSystemStream(CapacityFreed({ walletId, tokens: 7n, returned: false })),
      );
  });

  it('is back in the funder’s wallet as tokens that it may send', () =>
    given(opened)
      .when(refundVoucher, { refundId: 'vrf_1', fromWalletId: otherWalletId, tokens: 69n }, context)
      .then(
        VoucherRefunded({
          ...{ walletId, fromWalletId: otherWalletId, tokens: 69n },
          lot: { lotId: 'vrf_1', source: 'refund', tokens: 69n, priority: 50, expiresAt: null, transferable: true },
          postings: [from('lane:0:in-transit', 69n), to(available, 69n)],
        }),
      ));
});
