import type { EventOf, TokensSent, VoucherTerms, WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from '../amounts.ts';
import { voucherBody } from '../vouchers/vouchers.answers.ts';

export const TransferAnswer = z
  .strictObject({
    transferId: z.string(),
    fromWalletId: z.string(),
    toWalletId: z.string(),
    tokens: decimal,
    memo: z.string().optional(),
    status: z.literal('sent'),
  })
  .meta({ id: 'Transfer' });

type Sent = EventOf<typeof TokensSent>['data'];

const transferOf = ({ transferId, walletId, toWalletId, tokens, memo }: Sent) => ({
  transferId,
  fromWalletId: walletId,
  toWalletId,
  tokens,
  memo,
  status: 'sent',
});

const fundedVoucher = ({ transferId, toWalletId, tokens, parcels }: Sent, terms: VoucherTerms) => ({
  voucherId: transferId,
  walletId: toWalletId,
  tokens,
  ...voucherBody(terms),
  expiresAt: parcels[0]!.expiresAt,
  status: 'sent',
});

/** Answers of transfers. */
export const transferAnswers = {
  TokensSent: ({ data }) => ({
    status: 201,
    body: data.voucher ? fundedVoucher(data, data.voucher) : transferOf(data),
  }),
  TransferRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
