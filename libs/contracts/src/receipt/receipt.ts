import { z } from 'zod';
import type { StoredEvent } from '../envelope.ts';
import { eventId, hashedHeaders, headersOf } from '../envelope.ts';
import { decodeData, encodeData } from '../event.ts';
import { currency } from '../money.ts';
import { instant, instantOf } from '../vocabulary.ts';
import { chargedUse, WalletCharged } from '../wallet/charges.ts';
import { HoldCaptured } from '../wallet/holds.ts';
import type { Lot, LotTaken } from '../wallet/lots.ts';
import { TokensPurchased, TokensSold } from '../wallet/purchases.ts';
import { method } from '../wallet/words.ts';

/** Amounts stay decimal strings in a receipt: what is signed is text, and every JSON parser keeps it as it is. */
const written = z.string().regex(/^(0|-?[1-9]\d{0,38})$/, 'must be a whole number as a decimal string');
const microAit = written.meta({ description: 'µAIT', example: '1250000' });

/** The event that a receipt is of: all that its hash covers, so that whoever holds the receipt can compute the hash anew. */
const receiptEvent = z.strictObject({
  id: z.string().meta({ description: 'the event', example: 'wallet/3/812' }),
  lane: z.int(),
  sequence: z.int().meta({ description: 'its place in the lane, counted from 1' }),
  hash: z.string().meta({ description: 'SHA-256, hex, over previousHash, headers and value' }),
  previousHash: z.string().meta({ description: 'the hash of the event before it in the lane' }),
  headers: z
    .array(z.tuple([z.string(), z.string()]))
    .meta({ description: 'those that the hash covers, with the names and the order that it covers them in' }),
  value: z.string().meta({ description: "the event's data: the exact text that was stored and published" }),
});

/** What a wallet paid, or got for money, by the event that did it. All but `event` follows from the event. */
export const receipt = z
  .strictObject({
    /** Raised when the same event would give another receipt. */
    format: z.literal(1),
    receiptId: z.string().meta({ description: 'the charge, capture, purchase or sale' }),
    kind: z.enum(['charge', 'capture', 'purchase', 'sale']),
    walletId: z.string(),
    tokens: microAit.meta({ description: 'µAIT that were taken, or that came in' }),
    time: instant.meta({ description: 'when it was booked' }),
    memberIds: z.array(z.string()).optional().meta({ description: 'the members against whose caps it counts' }),
    use: chargedUse.optional().meta({ description: 'of a charge: the raw units and the price version' }),
    holdId: z.string().optional().meta({ description: 'of a capture' }),
    shortfall: microAit.optional().meta({ description: 'of a capture: µAIT asked for that were not there' }),
    price: z
      .strictObject({ currency, amount: written })
      .optional()
      .meta({ description: 'of a purchase or sale: minor units of the currency' }),
    priceVersion: z
      .int()
      .optional()
      .meta({ description: 'of a purchase or sale: the token price that it was made at', example: 3 }),
    quoteId: z.string().optional().meta({ description: 'the quote that was honoured' }),
    method: method.optional(),
    automatic: z
      .literal(true)
      .optional()
      .meta({ description: 'of a purchase: it was made for a charge, when tokens had run out' }),
    paymentId: z.string().optional().meta({ description: "the payment provider's own id of the payment" }),
    lots: z.array(z.strictObject({ lotId: z.string(), tokens: microAit, expiresAt: instant.optional() })),
    postings: z.array(z.strictObject({ account: z.string(), asset: z.string(), amount: written })),
    event: receiptEvent,
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.output<typeof receipt>;

/** What the operator issues: the receipt, and the same content signed. */
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

/** What only receipts of one kind have, beside what all have. */
type Content = Pick<Receipt, 'kind' | 'receiptId'> & Record<string, unknown>;

/**
 * The receipt of an event; `undefined` for one that there are none of. A function of the event alone: the same at any time.
 * @throws UnreadableEvent
 */
export function receiptOf(event: StoredEvent, previousHash: string): Receipt | undefined {
  const content = contentOf(event);
  if (content === undefined) return undefined;
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

function contentOf({ type, version, value }: StoredEvent): Content | undefined {
  switch (type) {
    case WalletCharged.type: {
      const { chargeId, usageId: _, day: __, timeZone: ___, ...charged } = decodeData(WalletCharged, version, value);
      return { kind: 'charge', receiptId: chargeId, ...charged };
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

function boughtLot({ lotId, tokens, expiresAt }: Lot): LotTaken {
  return expiresAt === null ? { lotId, tokens } : { lotId, tokens, expiresAt };
}
