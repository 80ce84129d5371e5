import { describe, expect, it } from '@jest/globals';
import {
  instantOf,
  TokensReceived,
  TransferDeclined,
  VoucherIssued,
  VoucherReturned,
  VoucherReturnRefused,
  type VoucherTerms,
  WalletFrozen,
  type WalletEvent,
  walletIdOf,
} from '@tokengrid/contracts';
import {
  available,
  context,
  from,
  given,
  granted,
  hour,
  now,
  opened,
  sentOn,
  to,
  transferId,
  walletId,
} from '../examples.fixture.ts';
import { receiveTokens } from './receive-tokens.ts';
import { returnVoucher } from './return-voucher.ts';
import { mostVouchers } from '../state/vouchers.ts';
import { mostVouchersOfOne, mostVouchersOfParties } from '../rules/vouchers.ts';

const funder = `org_${'c'.repeat(26)}`;
const otherFunder = `org_${'d'.repeat(26)}`;
const end = now + hour;
const terms = { funder, models: ['qwen'], shareBps: 5000 };
const arrival = { transferId, walletId, fromWalletId: walletIdOf(funder), tokens: 60n };

const lotOf = (tokens: bigint, of: Partial<VoucherTerms>, lotId: string) => ({
  ...{ lotId, source: 'voucher' as const, tokens, priority: 10, expiresAt: instantOf(end), transferable: false },
  voucher: { funder: 'operator', shareBps: 10_000, ...of },
});
/** A received voucher. */
const voucher = (tokens: bigint, of: Partial<VoucherTerms>, lotId: string) =>
  VoucherIssued({
    ...{ walletId, voucherId: `vch_${'1'.repeat(26)}`, tokens, lot: lotOf(tokens, of, lotId) },
    postings: [from('lane:0:issuance', tokens), to(available, tokens)],
  });
const many = (number: number, of: Partial<VoucherTerms> = {}) =>
  Array.from({ length: number }, (_, index) => voucher(1n, of, `x${index}`));
const received = TokensReceived({
  ...arrival,
  lots: [lotOf(60n, terms, transferId)],
  postings: [from('lane:0:in-transit', 60n), to(available, 60n)],
});

describe('a place for a voucher that a party funded', () => {
  const strangers = (number: number, tokens = 2n) =>
    Array.from({ length: number }, (_, index) => {
      const stranger = `org_${String(index).padStart(26, '0')}`;
      return voucher(tokens, { funder: stranger }, `s${index}`);
    });
  const arriving = (tokens: bigint) => ({
    ...{ ...arrival, tokens, sentOn, voucher: terms },
    parcels: [{ tokens, expiresAt: instantOf(end) }],
  });
  const back = (lotId: string, funder: string, tokens: bigint, more: { givenBack?: true } = {}) =>
    VoucherReturned({
      ...{ walletId, funderWalletId: walletIdOf(funder), tokens, ...more },
      lots: [{ lotId, tokens, expiresAt: instantOf(end) }],
      postings: [from(available, tokens), to('lane:0:in-transit', tokens)],
    });
  const took = (history: readonly WalletEvent[], tokens: bigint) =>
    given(opened, ...history).when(receiveTokens, arriving(tokens), context).decided;
  const declined = (tokens: bigint) => TransferDeclined({ ...arriving(tokens), code: 'WALLET.TOO_MANY_VOUCHERS' });

  it('is declined where the wallet has four of its funder', () => {
    expect(took(many(mostVouchersOfOne, { funder }), 60n)).toEqual([declined(60n)]);
    expect(took(many(mostVouchersOfOne - 1, { funder }), 60n)).toEqual([received]);
  });

  it.each([
    ['parties have', []],
    ['there are', many(mostVouchers - mostVouchersOfParties)],
  ])('takes the place of a smaller one where as many are there as %s', (_, operators) => {
    const full = [...operators, ...strangers(mostVouchersOfParties - 1), voucher(1n, { funder: otherFunder }, 'small')];
    expect(took(full, 60n)).toEqual([back('small', otherFunder, 1n), received]);
    expect(took(full, 1n)).toEqual([declined(1n)]);
    expect(took(full, 2n)[0]).toEqual(back('small', otherFunder, 1n));
  });

  it('takes the place of the youngest of equals', () => {
    const full = strangers(mostVouchersOfParties);
    const stranger = `org_${String(mostVouchersOfParties - 1).padStart(26, '0')}`;
    expect(took(full, 3n)[0]).toEqual(back(`s${mostVouchersOfParties - 1}`, stranger, 2n));
    expect(took(full.toReversed(), 3n)[0]).toEqual(back('s0', `org_${'0'.repeat(26)}`, 2n));
  });

  it('is declined where the operator has all places', () =>
    expect(took(many(mostVouchers), 60n)).toEqual([declined(60n)]));

  it('finds the place of one that has ended', () => {
    const full = strangers(mostVouchersOfParties);
    const later = { ...arriving(1n), parcels: [{ tokens: 1n, expiresAt: instantOf(end + hour) }] };
    const { decided } = given(opened, ...full).when(receiveTokens, later, { ...context, time: end });
    expect(decided.at(-1)).toMatchObject({ type: 'TokensReceived' });
  });

  it('is given back by who has it, with what is left of it', () => {
    const history = [opened, voucher(9n, { funder }, 'a'), voucher(8n, { funder }, 'b')];
    given(...history)
      .when(returnVoucher, { voucherId: 'b' }, context)
      .then(back('b', funder, 8n, { givenBack: true }));
    const refused = (code: Parameters<typeof VoucherReturnRefused>[0]['code']) =>
      VoucherReturnRefused({ walletId, voucherId: 'c', code });
    given(...history)
      .when(returnVoucher, { voucherId: 'c' }, context)
      .then(refused('NOT_FOUND'));
    given(opened, voucher(9n, {}, 'c'))
      .when(returnVoucher, { voucherId: 'c' }, context)
      .then(refused('WALLET.NOT_RETURNABLE'));
    given(...history, WalletFrozen({ walletId, status: 'frozen', by: 'operator' }))
      .when(returnVoucher, { voucherId: 'c' }, context)
      .then(refused('WALLET.FROZEN'));
    given(opened, granted(5n, { lotId: 'c' }))
      .when(returnVoucher, { voucherId: 'c' }, context)
      .then(refused('NOT_FOUND'));
  });
});
