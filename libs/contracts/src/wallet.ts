import { z } from 'zod';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { partyId, typeId } from './ids.ts';
import { amount, currency, fiat, positiveAmount, signedAmount } from './money.ts';
import { instant, lot, lotTaken, partyKind, period, posting, text } from './vocabulary.ts';

const walletId = typeId('wal');
const postings = z.array(posting).min(2);
const method = z.enum(['carrier-bill', 'payment-provider']);
/** Why, by a code of the public surface; what there was and what was asked, where the code is about an amount. */
const refusal = { code: text(60), available: signedAmount.optional(), required: amount.optional() };

export const WalletOpened = event(
  'WalletOpened',
  'A party got its wallet.',
  z.strictObject({ walletId, partyId, partyKind }),
);

/** In the stream `token-price`. */
export const TokenPriceSet = event(
  'TokenPriceSet',
  'The operator posted what a token costs and what it is bought back for.',
  z.strictObject({
    priceVersion: z.int().min(1),
    currency,
    /** Minor units per AIT (1,000,000 µAIT). */
    buy: amount,
    sellBack: amount,
    effectiveFrom: instant,
  }),
);

/** In the stream `capacity`. */
export const CapacityDeclared = event(
  'CapacityDeclared',
  'The operator declared how many tokens may be outstanding; every lane gives back what it has not used.',
  z.strictObject({ tokens: amount, version: z.int().min(1) }),
);
/** In the stream `capacity`. */
export const CapacityGranted = event(
  'CapacityGranted',
  'A lane got a slice of the capacity, out of what no lane has.',
  z.strictObject({
    lane: z.int().min(0),
    tokens: positiveAmount,
    left: signedAmount,
    /** The declaration that it was granted under. */
    version: z.int().min(1),
  }),
);
/** In the stream `capacity`. */
export const CapacityExhausted = event(
  'CapacityExhausted',
  'A lane asked for more capacity than is left.',
  z.strictObject({ lane: z.int().min(0), required: amount, left: signedAmount }),
);
/** In the stream `capacity`. Negative from a lane that had issued tokens before there was a limit. */
export const CapacityReclaimed = event(
  'CapacityReclaimed',
  'Capacity that a lane gave back, or that its sales and expiries freed, can be granted again.',
  z.strictObject({
    lane: z.int().min(0),
    tokens: signedAmount,
    left: signedAmount,
    /** True where the lane gave back what it had not used, false for what was sold back or expired in it. */
    reported: z.boolean(),
  }),
);
/** In a lane's own stream. */
export const CapacityReceived = event(
  'CapacityReceived',
  "A lane's slice of the capacity has arrived: it may issue that much more.",
  z.strictObject({ tokens: positiveAmount, version: z.int().min(1) }),
);
/** In a lane's own stream. Negative from a lane that had issued tokens before there was a limit. */
export const CapacityReturned = event(
  'CapacityReturned',
  'A lane gave back the capacity that it had not used; from now on it issues only what it is granted.',
  z.strictObject({ tokens: signedAmount, version: z.int().min(1) }),
);
/** In a lane's own stream, with each event that issues tokens. */
export const CapacityUsed = event(
  'CapacityUsed',
  'A lane issued tokens.',
  z.strictObject({ walletId, tokens: positiveAmount }),
);
/** In a lane's own stream, with each event that takes tokens out of the world. */
export const CapacityFreed = event(
  'CapacityFreed',
  'Tokens were sold back or expired, so that others can be issued in their place.',
  z.strictObject({
    walletId,
    tokens: positiveAmount,
    /** True where there is a limit: the capacity goes back to be granted again. */
    returned: z.boolean(),
  }),
);

export const TokensPurchased = event(
  'TokensPurchased',
  'A party bought tokens from the operator.',
  z.strictObject({
    walletId,
    purchaseId: typeId('pur'),
    tokens: positiveAmount,
    method,
    price: fiat,
    priceVersion: z.int(),
    status: z.enum(['completed']),
    lot,
    postings,
  }),
);
export const PurchaseRefused = event(
  'PurchaseRefused',
  'A purchase was refused.',
  z.strictObject({ walletId, purchaseId: typeId('pur'), tokens: positiveAmount, ...refusal }),
);

export const TokensSold = event(
  'TokensSold',
  'A party sold tokens back to the operator.',
  z.strictObject({
    walletId,
    saleId: typeId('sal'),
    tokens: positiveAmount,
    price: fiat,
    priceVersion: z.int(),
    lots: z.array(lotTaken),
    postings,
  }),
);
export const SaleRefused = event(
  'SaleRefused',
  'A sale back to the operator was refused.',
  z.strictObject({ walletId, saleId: typeId('sal'), tokens: positiveAmount, ...refusal }),
);

/** Tokens on their way, and when they expire (null: never): what is sent on keeps its end. */
export const parcel = z.strictObject({ tokens: positiveAmount, expiresAt: instant.nullable() });
export type Parcel = z.output<typeof parcel>;
const parcels = z.array(parcel).min(1);

const transfer = { walletId, transferId: typeId('trf'), tokens: positiveAmount };

export const TokensSent = event(
  'TokensSent',
  "Tokens left a wallet for another one; they are in the lane's in-transit account.",
  z.strictObject({
    ...transfer,
    toWalletId: walletId,
    memo: text(140).optional(),
    lots: z.array(lotTaken),
    parcels,
    postings,
  }),
);
export const TransferRefused = event(
  'TransferRefused',
  'A transfer was refused.',
  z.strictObject({ ...transfer, toWalletId: walletId, ...refusal }),
);
export const TokensReceived = event(
  'TokensReceived',
  'Tokens that another wallet sent have arrived.',
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
  'Tokens that another wallet sent could not be taken.',
  z.strictObject({ ...transfer, fromWalletId: walletId, parcels, code: text(60) }),
);
export const TransferReturned = event(
  'TransferReturned',
  'Tokens that could not be taken are back with their sender.',
  z.strictObject({ ...transfer, toWalletId: walletId, code: text(60), lots: z.array(lot).min(1), postings }),
);

export const TokensGranted = event(
  'TokensGranted',
  'The operator gave a wallet tokens.',
  z.strictObject({ walletId, grantId: typeId('grt'), tokens: positiveAmount, lot, postings }),
);
export const GrantRefused = event(
  'GrantRefused',
  'A grant was refused.',
  z.strictObject({ walletId, grantId: typeId('grt'), tokens: positiveAmount, ...refusal }),
);

/** Stated before whatever else is decided about a wallet, once its lots are due. */
export const TokensExpired = event(
  'TokensExpired',
  'Tokens reached their end unused.',
  z.strictObject({ walletId, tokens: positiveAmount, lots: z.array(lotTaken).min(1), postings }),
);

const charge = { walletId, chargeId: typeId('chg'), usageId: typeId('usg'), tokens: positiveAmount };

export const WalletCharged = event(
  'WalletCharged',
  "A rated use was paid for: its tokens are in the lane's escrow until the period is settled.",
  z.strictObject({ ...charge, lots: z.array(lotTaken), postings }),
);
export const ChargeRefused = event(
  'ChargeRefused',
  'A wallet could not cover a rated use; nothing was taken.',
  z.strictObject({ ...charge, ...refusal }),
);

const earnings = { statementId: typeId('stm'), partyId, period, tokens: positiveAmount };

/** In the stream of the lane whose escrow it is. */
export const EscrowReleased = event(
  'EscrowReleased',
  "What a statement owes a party out of one lane's escrow is on its way to the party's wallet.",
  z.strictObject({ ...earnings, toWalletId: walletId, postings }),
);
/** In the stream of the lane whose escrow it is. */
export const FeesCollected = event(
  'FeesCollected',
  "What a statement owes the operator out of one lane's escrow is the operator's.",
  z.strictObject({ ...earnings, postings }),
);
/** In the stream of the lane whose escrow it is. Never happens while the books balance. */
export const EscrowRefused = event(
  'EscrowRefused',
  "A statement asked for more than a lane's escrow holds.",
  z.strictObject({ ...earnings, ...refusal }),
);
export const EarningsReceived = event(
  'EarningsReceived',
  'What a statement owes a party has arrived in its wallet.',
  z.strictObject({ ...earnings, walletId, fromLane: z.int().min(0), lot, postings }),
);

export const walletEvents = [
  WalletOpened,
  TokenPriceSet,
  CapacityDeclared,
  CapacityGranted,
  CapacityExhausted,
  CapacityReclaimed,
  CapacityReceived,
  CapacityReturned,
  CapacityUsed,
  CapacityFreed,
  TokensPurchased,
  PurchaseRefused,
  TokensSold,
  SaleRefused,
  TokensSent,
  TransferRefused,
  TokensReceived,
  TransferDeclined,
  TransferReturned,
  TokensGranted,
  GrantRefused,
  TokensExpired,
  WalletCharged,
  ChargeRefused,
  EscrowReleased,
  FeesCollected,
  EscrowRefused,
  EarningsReceived,
] as const;
export type WalletEvent = EventOf<(typeof walletEvents)[number]>;
export const walletCatalogue = catalogue('wallet', walletEvents);
