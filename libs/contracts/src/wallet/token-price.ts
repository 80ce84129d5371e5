import { z } from 'zod';
import { event } from '../event.ts';
import { currency, minorUnits } from '../money.ts';
import { instant, text } from '../vocabulary.ts';
import { approval, approvalAction, proposal, refusalFields } from './words.ts';
import { codesOf } from '../refusals/commands.ts';
import { walletRefusals } from '../refusals/wallet.ts';
import { proposalCodes } from './words.ts';

const price = {
  currency,
  /** Minor units per AIT (1,000,000 µAIT). */
  buy: minorUnits,
  sellBack: minorUnits,
};

export const TokenPriceSet = event(
  'TokenPriceSet',
  'The operator posted the purchase and buy-back prices of a token.',
  z.strictObject({ priceVersion: z.int().min(1), ...price, effectiveFrom: instant }),
);

/** Only for a price not yet in force: nothing was bought or sold at it. */
export const TokenPriceWithdrawn = event(
  'TokenPriceWithdrawn',
  'The operator withdrew an announced price.',
  z.strictObject({ priceVersion: z.int().min(1) }),
);

export const TokenPriceWithdrawalRefused = event(
  'TokenPriceWithdrawalRefused',
  'A price could not be withdrawn.',
  z.strictObject({
    priceVersion: z.int().min(1),
    code: codesOf(walletRefusals, 'withdrawTokenPrice'),
  }),
);

/** The currency is that of the first price that was not withdrawn. */
export const TokenPriceRefused = event(
  'TokenPriceRefused',
  'A price could not be posted.',
  z.strictObject({ ...price, code: z.enum(['WALLET.CURRENCY_MISMATCH', 'WALLET.TOO_MANY_PRICES']) }),
);

export const TokenPriceProposed = event(
  'TokenPriceProposed',
  "A price change was proposed: it needs a second person's approval.",
  z.strictObject({
    ...proposal,
    ...price,
    /** Null: in force once approved. */
    effectiveFrom: instant.nullable(),
    /** Version of the price it was compared with. */
    comparedWith: z.int().min(1),
  }),
);

/** Before `TokenPriceSet`. */
export const TokenPriceApproved = event(
  'TokenPriceApproved',
  'A second person approved a price.',
  z.strictObject(approval),
);

export const TokenPriceRejected = event(
  'TokenPriceRejected',
  'A second person rejected a price.',
  z.strictObject({ ...approval, reason: text(200).optional() }),
);

/** The proposal keeps waiting, unless it was resolved before. */
export const TokenPriceApprovalRefused = event(
  'TokenPriceApprovalRefused',
  'A proposal, approval or rejection of a price was refused.',
  z.strictObject({
    ...approval,
    action: approvalAction,
    ...refusalFields('approveTokenPrice', 'rejectTokenPrice'),
    code: proposalCodes('approveTokenPrice', 'rejectTokenPrice'),
  }),
);

/** Events of the stream `token-price`. */
export const tokenPriceEvents = [
  TokenPriceSet,
  TokenPriceRefused,
  TokenPriceWithdrawn,
  TokenPriceWithdrawalRefused,
  TokenPriceProposed,
  TokenPriceApproved,
  TokenPriceRejected,
  TokenPriceApprovalRefused,
] as const;
