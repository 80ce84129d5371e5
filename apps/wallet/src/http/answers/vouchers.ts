import type { VoucherTerms, WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from './amounts.ts';
import { refusal } from './refusal.ts';

const terms = {
  funder: z.string().meta({ description: 'the party that gets back what is not used; the operator’s expires' }),
  scope: z.strictObject({ apps: z.array(z.string()).optional(), models: z.array(z.string()).optional() }),
  shareBps: z.int(),
  capPerUse: decimal.optional(),
};

export const VoucherTermsAnswer = z.strictObject(terms).meta({ id: 'VoucherTerms' });

export const VoucherAnswer = z
  .strictObject({
    voucherId: z.string().meta({ description: "the id of its lot; a funded voucher's is that of its transfer" }),
    walletId: z.string().meta({ description: 'whose it is' }),
    tokens: decimal,
    ...terms,
    expiresAt: z.string(),
    status: z.enum(['issued', 'sent']).meta({ description: 'sent: it arrives a moment later' }),
  })
  .meta({ id: 'Voucher' });

/** What a voucher says of itself. */
export const voucherBody = ({ funder, apps, models, shareBps, capPerUse }: VoucherTerms) => ({
  funder,
  scope: { apps, models },
  shareBps,
  capPerUse,
});

/** What the operator gave for certain uses. */
export const voucherAnswers = {
  VoucherIssued: ({ data: { voucherId, walletId, tokens, lot } }) => ({
    status: 201,
    body: { voucherId, walletId, tokens, ...voucherBody(lot.voucher!), expiresAt: lot.expiresAt, status: 'issued' },
  }),
  VoucherRefused: refusal,
} satisfies Partial<Answers<WalletEvent>>;
