import type { VoucherTerms, WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from '../amounts.ts';

const terms = {
  funder: z.string().meta({ description: "party that receives the unused tokens; the operator's expire" }),
  scope: z.strictObject({ apps: z.array(z.string()).optional(), models: z.array(z.string()).optional() }),
  shareBps: z.int(),
  capPerUse: decimal.optional(),
};

export const VoucherTermsAnswer = z.strictObject(terms).meta({ id: 'VoucherTerms' });

export const VoucherAnswer = z
  .strictObject({
    voucherId: z.string().meta({ description: 'id of its lot; for a funded voucher, of its transfer' }),
    walletId: z.string().meta({ description: 'wallet of the voucher' }),
    tokens: decimal,
    ...terms,
    expiresAt: z.string(),
    status: z.enum(['issued', 'sent']).meta({ description: 'sent; arrives shortly' }),
  })
  .meta({ id: 'Voucher' });

export const VoucherReturnAnswer = z
  .strictObject({ voucherId: z.string(), walletId: z.string(), tokens: decimal, status: z.literal('returned') })
  .meta({ id: 'VoucherReturn', description: 'its unused tokens are on their way to the party that funded it' });

/** Terms of a voucher in answers. */
export const voucherBody = ({ funder, apps, models, shareBps, capPerUse }: VoucherTerms) => ({
  funder,
  scope: { apps, models },
  shareBps,
  capPerUse,
});

/** Answers of vouchers. */
export const voucherAnswers = {
  VoucherIssued: ({ data: { voucherId, walletId, tokens, lot } }) => ({
    status: 201,
    body: { voucherId, walletId, tokens, ...voucherBody(lot.voucher!), expiresAt: lot.expiresAt, status: 'issued' },
  }),
  VoucherRefused: refusalOf,
  // Only the returned voucher answers, not others that ended or were displaced.
  VoucherReturned: ({ data: { walletId, tokens, lots, givenBack } }) =>
    givenBack ? { status: 200, body: { voucherId: lots[0]!.lotId, walletId, tokens, status: 'returned' } } : 'silent',
  VoucherReturnRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
