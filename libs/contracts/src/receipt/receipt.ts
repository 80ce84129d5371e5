import { z } from 'zod';
import type { StoredEvent } from '../envelope.ts';
import { eventId, hashedHeaders, headersOf } from '../envelope.ts';
import { decodeData, encodeData } from '../event.ts';
import { currency } from '../money.ts';
import { ofReport } from '../metering/slices.ts';
import { instant, instantOf, type Posting } from '../vocabulary.ts';
import { boundLine, periodLine, setOffLine, share, useLine } from '../metering.ts';
import { type ChargedUse, chargedUse, type RefundedUse, WalletCharged } from '../wallet/charges.ts';
import { HoldCaptured } from '../wallet/holds.ts';
import type { Lot, LotTaken } from '../wallet/lots.ts';
import { TokensPurchased, TokensSold } from '../wallet/purchases.ts';
import { method } from '../wallet/words.ts';

/**
 * An amount of a receipt stays a decimal string: the signature covers text, and every JSON parser
 * keeps it.
 */
const written = z.string().regex(/^(0|-?[1-9]\d{0,38})$/, 'must be a whole number as a decimal string');
const microAit = written.meta({ description: 'µAIT', example: '1250000' });

/** The event of a receipt, with all that its hash covers: the holder can recompute the hash. */
const receiptEvent = z.strictObject({
  id: z.string().meta({ description: 'the event', example: 'wallet/3/812' }),
  lane: z.int(),
  sequence: z.int().meta({ description: 'sequence in the lane, counted from 1' }),
  hash: z.string().meta({ description: 'SHA-256, hex, over previousHash, headers and value' }),
  previousHash: z.string().meta({ description: 'hash of the previous event in the lane' }),
  headers: z
    .array(z.tuple([z.string(), z.string()]))
    .meta({ description: 'hashed headers, with their names, in the order of hashing' }),
  value: z.string().meta({ description: "the event's data: the exact text that was stored and published" }),
});

const receiptLine = z.discriminatedUnion('kind', [
  useLine.extend({
    kind: z.literal('use').optional(),
    units: useLine.shape.units.meta({ description: 'units priced', example: '44' }),
    tokens: microAit,
  }),
  periodLine.extend({
    before: periodLine.shape.before.meta({ description: "quantity in the subscription's period before the use" }),
    after: periodLine.shape.after.meta({ description: "quantity in the subscription's period after the use" }),
    tokens: microAit,
  }),
  boundLine.extend({ tokens: microAit }),
  setOffLine.extend({ tokens: microAit }),
]);

/**
 * A charged or refunded use as its event states it, with its price; the common fields of the
 * receipt aside.
 */
const receiptUse = chargedUse.omit({ chargeId: true, tokens: true, memberIds: true, lots: true, held: true }).extend({
  number: z.int().optional().meta({ description: 'of a correction: its number, 1, 2, 3 …', example: 1 }),
  offer: chargedUse.shape.offer.meta({
    description: "the provider's offer of the model",
    example: 'mod_01jzx3k9v8e7f9q2m4n6p8r0t2',
  }),
  slice: ofReport
    .extend({ report: ofReport.shape.report.meta({ description: 'number of the report: 1, 2, 3 …', example: 1 }) })
    .optional()
    .meta({ description: 'report of the slice that the use was served in' }),
  lines: z
    .array(receiptLine)
    .meta({ description: 'applied prices, or their differences; they come to `tokens`, of a refund with a minus' }),
  shares: z
    .array(share.extend({ tokens: microAit }))
    .meta({ description: 'earners, or losers, with their parts: the parts sum to the tokens' }),
});

/** Receipt of a payment by a wallet, or for money. All fields but `event` follow from the event. */
export const receipt = z
  .strictObject({
    /** Version of the format, raised when the same event would give another receipt. */
    format: z.literal(1),
    receiptId: z.string().meta({ description: 'the charge, refund, capture, purchase or sale' }),
    kind: z.enum(['charge', 'refund', 'capture', 'purchase', 'sale']),
    walletId: z.string(),
    tokens: microAit.meta({ description: 'µAIT taken or received' }),
    time: instant.meta({ description: 'time of booking' }),
    memberIds: z.array(z.string()).optional().meta({ description: 'members whose caps it counts against' }),
    use: receiptUse
      .optional()
      .meta({ description: 'of a charge or refund: the raw units, their prices and the shares' }),
    holdId: z.string().optional().meta({ description: 'of a capture' }),
    shortfall: microAit.optional().meta({ description: 'of a capture: µAIT requested that were not available' }),
    price: z
      .strictObject({ currency, amount: written })
      .optional()
      .meta({ description: 'of a purchase or sale: minor units of the currency' }),
    priceVersion: z
      .int()
      .optional()
      .meta({ description: 'of a purchase or sale: version of the applied token price', example: 3 }),
    quoteId: z.string().optional().meta({ description: 'quote used' }),
    method: method.optional(),
    automatic: z
      .literal(true)
      .optional()
      .meta({ description: 'of a purchase: made for a charge that the wallet did not cover' }),
    paymentId: z.string().optional().meta({ description: 'id of the payment at the provider' }),
    lots: z.array(z.strictObject({ lotId: z.string(), tokens: microAit, expiresAt: instant.optional() })),
    postings: z.array(z.strictObject({ account: z.string(), asset: z.string(), amount: written })),
    event: receiptEvent,
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.output<typeof receipt>;

/** A receipt and its signature over the same content. */
export const signedReceipt = z
  .strictObject({
    receipt,
    jws: z.string().meta({
      description:
        "JWS, compact (RFC 7515), EdDSA with Ed25519; its payload is the receipt's canonical JSON (RFC 8785)",
    }),
  })
  .meta({ id: 'SignedReceipt' });
export type SignedReceipt = z.output<typeof signedReceipt>;

/** Fields of receipts of one kind, beside the common ones. */
type Content = Pick<Receipt, 'kind' | 'receiptId'> & Record<string, unknown>;

/**
 * Receipt of an event, a function of the event and of the receipt's id alone; `undefined` where the
 * event has no such receipt. An event of charges has one for each charged use.
 * @throws UnreadableEvent
 */
export function receiptOf(event: StoredEvent, previousHash: string, receiptId: string): Receipt | undefined {
  const content = contentOf(event, receiptId);
  if (content?.receiptId !== receiptId) return undefined;
  const hashed = new Set<string>(hashedHeaders);
  const { lane, sequence, hash } = event;
  const whole = {
    format: 1,
    ...content,
    time: instantOf(event.time),
    event: {
      id: eventId(event),
      lane,
      sequence,
      hash,
      previousHash,
      headers: headersOf(event, previousHash).filter(([name]) => hashed.has(name)),
      value: event.value.toString(),
    },
  };
  return receipt.parse(JSON.parse(encodeData(whole).toString()));
}

function contentOf({ type, version, value }: StoredEvent, receiptId: string): Content | undefined {
  switch (type) {
    case WalletCharged.type: {
      const { walletId, uses, refunded, postings } = decodeData(WalletCharged, version, value);
      const charged = uses.find(({ chargeId }) => chargeId === receiptId);
      if (charged) return { kind: 'charge', receiptId, walletId, ...ofUse(charged, postings) };
      const refund = refunded.find(({ chargeId }) => chargeId === receiptId);
      return refund && { kind: 'refund', receiptId, walletId, ...ofRefund(refund, postings) };
    }
    case HoldCaptured.type: {
      const data = decodeData(HoldCaptured, version, value);
      const { captureId, walletId, tokens, holdId, shortfall, memberIds, lots, beyond, postings } = data;
      const of = { walletId, memberIds, tokens, holdId, shortfall };
      return { kind: 'capture', receiptId: captureId, ...of, lots: [...lots, ...beyond], postings };
    }
    case TokensPurchased.type: {
      const {
        purchaseId,
        day: _,
        timeZone: __,
        status: ___,
        lot,
        ...bought
      } = decodeData(TokensPurchased, version, value);
      return { kind: 'purchase', receiptId: purchaseId, ...bought, lots: [boughtLot(lot)] };
    }
    case TokensSold.type: {
      const { saleId, day: _, timeZone: __, ...sold } = decodeData(TokensSold, version, value);
      return { kind: 'sale', receiptId: saleId, ...sold };
    }
    default:
      return undefined;
  }
}

/**
 * One use's part of an event of charges, which moved tokens out of what is available and what is
 * held, into one account.
 */
function ofUse({ chargeId: _, tokens, memberIds, lots, held = [], ...use }: ChargedUse, postings: readonly Posting[]) {
  const fromHold = held.reduce((sum, lot) => sum + lot.tokens, 0n);
  const moved = ({ account, amount }: Posting) => {
    if (amount > 0n) return tokens;
    return account.endsWith(':held') ? -fromHold : fromHold - tokens;
  };
  const charges = postings.filter(({ account, amount }) => account.startsWith('wallet:') === amount < 0n);
  const own = charges.map((posting) => ({ ...posting, amount: moved(posting) }));
  return { tokens, memberIds, use, lots, postings: own.filter(({ amount }) => amount !== 0n) };
}

/** One refund's part of it. Its tokens may go back to several charges' lots. */
function ofRefund(refund: RefundedUse, postings: readonly Posting[]) {
  const { chargeId: _, tokens, returned, setOffBy: __, left: ___, ...use } = refund;
  const lots = returned.flatMap((charge) =>
    charge.lots.map(({ into, ...lot }) => ({ ...lot, lotId: into ?? lot.lotId })),
  );
  const refunds = postings.filter(({ account, amount }) => account.startsWith('wallet:') === amount > 0n);
  const own = refunds.map((posting) => ({ ...posting, amount: posting.amount > 0n ? tokens : -tokens }));
  return { tokens, use, lots, postings: tokens === 0n ? [] : own };
}

function boughtLot({ lotId, tokens, expiresAt }: Lot): LotTaken {
  return expiresAt === null ? { lotId, tokens } : { lotId, tokens, expiresAt };
}
