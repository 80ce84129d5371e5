import { z } from 'zod';
import { event } from '../event.ts';
import { positiveAmount } from '../money.ts';
import { typeId } from '../ids.ts';
import { text } from '../vocabulary.ts';
import { memberIds } from './limits.ts';
import { lot, lotTaken, parcels, voucherTerms } from './lots.ts';
import { onDay, postings, refusalFields, walletId } from './words.ts';
import { codesOf } from '../refusals/commands.ts';
import { walletRefusals } from '../refusals/wallet.ts';

/** Day of the transfer, and the members whose counters it reduces on return. */
const sent = { sentOn: z.strictObject(onDay), memberIds };

const transfer = { walletId, transferId: typeId('trf'), tokens: positiveAmount };

export const TokensSent = event(
  'TokensSent',
  "Tokens were sent to another wallet; they are in the lane's in-transit account.",
  z.strictObject({
    ...transfer,
    toWalletId: walletId,
    memo: text(140).optional(),
    /** They arrive as a voucher that the sender funds. */
    voucher: voucherTerms.optional(),
    ...onDay,
    memberIds,
    lots: z.array(lotTaken),
    parcels,
    postings,
  }),
);

export const TransferRefused = event(
  'TransferRefused',
  'A transfer was refused.',
  z.strictObject({ ...transfer, toWalletId: walletId, ...refusalFields('sendTokens', 'fundVoucher') }),
);

export const TokensReceived = event(
  'TokensReceived',
  'Tokens sent by another wallet arrived.',
  z.strictObject({
    ...transfer,
    fromWalletId: walletId,
    memo: text(140).optional(),
    lots: z.array(lot).min(1),
    postings,
  }),
);

/** In the stream of the wallet that they were sent to; the sender's `TransferReturned` follows. */
export const TransferDeclined = event(
  'TransferDeclined',
  'Tokens sent by another wallet were declined.',
  z.strictObject({
    ...transfer,
    fromWalletId: walletId,
    ...sent,
    parcels,
    voucher: voucherTerms.optional(),
    code: codesOf(walletRefusals, 'receiveTokens'),
  }),
);

export const TransferReturned = event(
  'TransferReturned',
  'Declined tokens returned to their sender, and no longer count against its limits.',
  z.strictObject({
    ...transfer,
    toWalletId: walletId,
    ...sent,
    code: codesOf(walletRefusals, 'receiveTokens'),
    lots: z.array(lot).min(1),
    postings,
  }),
);

/** Events between two wallets. */
export const transferEvents = [
  TokensSent,
  TransferRefused,
  TokensReceived,
  TransferDeclined,
  TransferReturned,
] as const;
