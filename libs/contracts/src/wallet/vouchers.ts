import { z } from 'zod';
import { event } from '../event.ts';
import { typeId } from '../ids.ts';
import { positiveAmount, positiveSum } from '../money.ts';
import { text } from '../vocabulary.ts';
import { lot, lotTaken } from './lots.ts';
import { postings, refusalFields, walletId } from './words.ts';
import { codesOf } from '../refusals/commands.ts';
import { walletRefusals } from '../refusals/wallet.ts';

const voucher = { walletId, voucherId: typeId('vch'), tokens: positiveAmount };

export const VoucherIssued = event(
  'VoucherIssued',
  'The operator granted a wallet tokens for certain uses.',
  z.strictObject({ ...voucher, lot, postings }),
);

export const VoucherRefused = event(
  'VoucherRefused',
  'A voucher of the operator was refused.',
  z.strictObject({ ...voucher, ...refusalFields('issueVoucher') }),
);

/** One per funder. */
export const VoucherReturned = event(
  'VoucherReturned',
  'Vouchers ended, were displaced by a larger one or returned: their unused tokens are on their way to the party that funded them.',
  z.strictObject({
    walletId,
    funderWalletId: walletId,
    tokens: positiveSum,
    /** The owner of the wallet gave it back. */
    givenBack: z.literal(true).optional(),
    lots: z.array(lotTaken).min(1),
    postings,
  }),
);

export const VoucherReturnRefused = event(
  'VoucherReturnRefused',
  'A return of a voucher was refused.',
  z.strictObject({ walletId, voucherId: text(60), code: codesOf(walletRefusals, 'returnVoucher') }),
);

export const VoucherRefunded = event(
  'VoucherRefunded',
  "Unused tokens of a party's vouchers are back in its wallet.",
  z.strictObject({ walletId, fromWalletId: walletId, tokens: positiveSum, lot, postings }),
);

/**
 * Tokens for certain uses. A voucher that a party funds is a transfer: `TokensSent` and
 * `TokensReceived` with its terms.
 */
export const voucherEvents = [
  VoucherIssued,
  VoucherRefused,
  VoucherReturned,
  VoucherReturnRefused,
  VoucherRefunded,
] as const;
