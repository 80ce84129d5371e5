import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { eventOfMessage, hashedHeaders } from '../envelope.ts';
import { type Receipt, receiptOf, signedReceipt } from './receipt.ts';
import { InvalidSignature, type ReceiptKey, verifyCompact } from './signature.ts';

/** Result of checking a receipt. */
export interface ReceiptChecked {
  /** The receipt, if the text is one. */
  readonly receipt: Receipt | undefined;
  /** A sentence per fault; empty for a receipt as the operator issued it. */
  readonly faults: readonly string[];
}

/**
 * Checks a receipt by itself: its spelling (white space between tokens does not count), its
 * signature by one of the keys, its event's hash, its agreement with the event, and its sums.
 */
export async function checkReceipt(text: string, keys: readonly ReceiptKey[]): Promise<ReceiptChecked> {
  const parsed = jsonOf(text);
  if (parsed === undefined) return { receipt: undefined, faults: ['the text is not JSON'] };
  const shaped = signedReceipt.safeParse(parsed);
  if (!shaped.success) {
    const faults = shaped.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
    return { receipt: undefined, faults: faults.map((fault) => `the text is not a signed receipt: ${fault}`) };
  }
  const { receipt, jws } = shaped.data;
  const faults = [
    ...spellingFaults(text, parsed),
    ...(await signatureFaults(receipt, jws, keys)),
    ...eventFaults(receipt),
    ...sumFaults(receipt),
  ];
  return { receipt, faults };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A duplicate member would show a reader another value than the checked one. */
function spellingFaults(text: string, parsed: unknown): string[] {
  const bare = text.replace(/("(?:\\.|[^"\\])*")|[ \t\r\n]+/gs, '$1');
  if (bare === canonicalJson(parsed)) return [];
  return [
    'the text is not written as it was issued: a member is a duplicate, in another place, or spelt in another way',
  ];
}

async function signatureFaults(receipt: Receipt, jws: string, keys: readonly ReceiptKey[]): Promise<string[]> {
  try {
    if ((await verifyCompact(jws, keys)) === canonicalJson(receipt)) return [];
    return ['the signed content differs from the receipt'];
  } catch (error) {
    if (error instanceof InvalidSignature) return [error.message];
    throw error;
  }
}

/**
 * Faults of the event: a false hash, or a statement of the receipt that does not follow from the
 * event.
 */
function eventFaults(receipt: Receipt): string[] {
  const faults: string[] = [];
  const { id, headers, value, hash: stated, previousHash } = receipt.event;
  const computed = hashOfContent(headers, value, previousHash);
  if (computed !== stated)
    faults.push(`the receipt states the hash ${stated} for the event ${id}, but its content has ${computed}`);
  try {
    const named = { ...Object.fromEntries(headers), ce_hash: stated, ce_previoushash: previousHash };
    const { event } = eventOfMessage({ headers: named, value: Buffer.from(value) });
    const follows = receiptOf(event, previousHash, receipt.receiptId);
    if (follows === undefined) faults.push(`the event ${id} is a ${event.type} without a receipt ${receipt.receiptId}`);
    else
      faults.push(
        ...differences(receipt, follows).map((member) => `the member ${member} does not agree with the event ${id}`),
      );
  } catch (error) {
    faults.push(`the event ${id} cannot be read: ${(error as Error).message}`);
  }
  return faults;
}

function differences(receipt: Receipt, follows: Receipt): string[] {
  const of = (one: Receipt) => Object.entries({ ...one, event: undefined, ...prefixed(one.event) });
  const expected = new Map(of(follows).map(([name, value]) => [name, canonicalJson(value)]));
  const stated = new Map(of(receipt).map(([name, value]) => [name, canonicalJson(value)]));
  return [...new Set([...stated.keys(), ...expected.keys()])].filter((name) => stated.get(name) !== expected.get(name));
}

const prefixed = (event: Receipt['event']) =>
  Object.fromEntries(Object.entries(event).map(([name, value]) => [`event.${name}`, value]));

/** Hash of the event as by `hashOf` in the envelope, over the headers as written in the receipt. */
function hashOfContent(headers: Receipt['event']['headers'], value: string, previousHash: string): string {
  const byName = new Map(headers);
  const lines = hashedHeaders.flatMap((name) => (byName.has(name) ? [`${name}:${byName.get(name)}\n`] : []));
  return hash('sha256', `${previousHash}${lines.join('')}\n${value}`, 'hex');
}

function sumFaults({ kind, postings, lots, tokens, use }: Receipt): string[] {
  const faults: string[] = [];
  const sums = new Map<string, bigint>();
  for (const { asset, amount } of postings) sums.set(asset, (sums.get(asset) ?? 0n) + BigInt(amount));
  for (const [asset, sum] of sums)
    if (sum !== 0n) faults.push(`the postings in ${asset} sum to ${sum} instead of zero`);
  // What a refund gives back costs less.
  const cost = kind === 'refund' ? -BigInt(tokens) : BigInt(tokens);
  const parts = [
    { name: 'lots', each: lots, stated: BigInt(tokens) },
    { name: 'lines', each: use?.lines, stated: cost },
    { name: 'shares', each: use?.shares, stated: cost },
  ];
  for (const { name, each, stated } of parts) {
    if (!each) continue;
    const whole = each.reduce((sum, part) => sum + BigInt(part.tokens), 0n);
    if (whole !== stated) faults.push(`the ${name} sum to ${whole} µAIT, but the receipt states ${stated}`);
  }
  return faults;
}
