import { canonicalJson } from '../canonical-json.ts';
import { hashOf, type StoredEvent } from '../envelope.ts';
import { encodeData } from '../event.ts';
import type { Posting } from '../vocabulary.ts';
import { WalletCharged } from '../wallet/charges.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import { receiptSigner, signCompact } from './signature.ts';

/** The key pair of RFC 8037, appendix A. */
export const signer = await receiptSigner('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A');

const walletId = 'wal_01jzx0000000000000000000ab';
export const previousHash = 'ab'.repeat(32);

const postings: readonly Posting[] = [
  { account: `wallet:${walletId}:available`, asset: 'AIT', amount: -687n },
  { account: 'lane:3:escrow', asset: 'AIT', amount: 687n },
];

/** A stored event of the wallet: a charge of 687 µAIT out of two lots. */
export function chargedEvent(
  changes: { readonly postings?: readonly Posting[]; readonly tokens?: bigint } = {},
): StoredEvent {
  const data = {
    walletId,
    chargeId: 'chg_01jzx0000000000000000000cd',
    usageId: 'usg_01jzx0000000000000000000ef',
    tokens: 687n,
    use: {
      source: '/networks/north',
      eventId: 'use "4711" \u001f',
      model: 'qwen-3',
      units: { input_tokens: '374', output_tokens: '44' },
      priceVersion: 'model:qwen-3@2',
      time: '2026-01-31T08:00:00.000Z',
    },
    ...{ day: '2026-01-31', timeZone: 'UTC' },
    lots: [
      { lotId: 'grt_1', tokens: 600n, expiresAt: '2026-02-01T00:00:00.000Z' },
      { lotId: 'pur_1', tokens: 87n },
    ],
    postings: [...postings],
    ...changes,
  };
  return storedAs('WalletCharged', encodeData(data));
}

export function storedAs(type: string, value: Buffer): StoredEvent {
  const event = {
    service: 'wallet',
    lane: 3,
    sequence: 812,
    streamId: walletId,
    revision: 7,
    type,
    version: WalletCharged.version,
    time: Date.parse('2026-01-31T08:00:01.234Z'),
    commandId: '0a1c7bd2-5a2f-4d0e-9c1e-3f6d0b9a5e11',
    inputHash: undefined,
    causationId: 'metering/1/99',
    correlationId: 'order-4711',
    traceparent: undefined,
    value,
  };
  return { ...event, hash: hashOf(event, previousHash) };
}

/** Text of a receipt as served. */
export const issued = async (receipt: Receipt): Promise<string> =>
  canonicalJson({ receipt, jws: await signCompact(canonicalJson(receipt), signer) });

export const chargeReceipt = (): Receipt => receiptOf(chargedEvent(), previousHash)!;
