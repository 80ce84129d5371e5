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
  { account: `wallet:${walletId}:available`, asset: 'AIT', amount: -700n },
  { account: 'lane:3:escrow', asset: 'AIT', amount: 700n },
  { account: 'lane:3:escrow', asset: 'AIT', amount: -500n },
  { account: `wallet:${walletId}:available`, asset: 'AIT', amount: 500n },
];

export const chargeId = 'chg_01jzx0000000000000000000cd';
/** Id of the other use that the event charges. */
export const otherChargeId = 'chg_01jzx0000000000000000000ce';

const use = {
  usageId: 'usg_01jzx0000000000000000000ef',
  source: '/networks/north',
  eventId: 'use "4711" \u001f',
  time: '2026-01-31T08:00:00.000Z',
  model: 'qwen-3',
  units: { input_tokens: '374', output_tokens: '44' },
  priceVersion: 'model:qwen-3@2',
  operatorBps: 1000,
};
const line = (meter: string, units: string, unitPrice: string, tokens: bigint) => ({
  ...{ of: 'model:qwen-3', meter, units, unitPrice, tokens },
});

const charged = {
  ...use,
  chargeId,
  tokens: 687n,
  lines: [line('input_tokens', '374', '1.367', 511n), line('output_tokens', '44', '4', 176n)],
  shares: [
    { role: 'operator', partyId: 'operator', tokens: 69n },
    { role: 'provider', partyId: 'org_01jzx0000000000000000000gh', tokens: 618n },
  ],
  lots: [
    { lotId: 'grt_1', tokens: 600n, expiresAt: '2026-02-01T00:00:00.000Z' },
    { lotId: 'pur_1', tokens: 87n },
  ],
};
const otherCharged = {
  ...use,
  ...{ usageId: 'usg_01jzx0000000000000000000eg', eventId: '4712', chargeId: otherChargeId, tokens: 13n },
  lines: [line('output_tokens', '3', '4.4', 13n)],
  shares: [{ role: 'operator', partyId: 'operator', tokens: 13n }],
  memberIds: ['key_01jzx0000000000000000000jk'],
  lots: [{ lotId: 'pur_1', tokens: 13n }],
};

const terms = { source: 'purchase', priority: 50, expiresAt: null, transferable: true };

/** Id of the refund of a use, by the same event. */
export const refundId = 'chg_01jzx0000000000000000000cf';
const refunded = {
  ...use,
  ...{ usageId: 'usg_01jzx0000000000000000000eh', eventId: '4710', chargeId: refundId, number: 1, tokens: 500n },
  units: { output_tokens: '-125' },
  lines: [line('output_tokens', '-125', '4', -500n)],
  shares: [
    { role: 'operator', partyId: 'operator', tokens: -50n },
    { role: 'provider', partyId: 'org_01jzx0000000000000000000gh', tokens: -450n },
  ],
  returned: [
    { day: '2026-01-31', lots: [{ lotId: 'pur_1', tokens: 300n }] },
    { day: '2026-01-30', lots: [{ lotId: 'pur_2', tokens: 200n, into: 'pur_1' }] },
  ],
};

/**
 * A stored event of the wallet: two charged uses, one of 687 µAIT out of two lots; and a refund.
 */
export function chargedEvent(
  changes: { readonly postings?: readonly Posting[]; readonly tokens?: bigint } = {},
): StoredEvent {
  const { tokens = 687n, ...others } = changes;
  const data = {
    walletId,
    partyId: 'org_01jzx0000000000000000000ab',
    ratedBy: 'metering/1/99',
    tokens: 700n,
    uses: [{ ...charged, tokens }, otherCharged],
    ...{ refused: [], refunded: [refunded], givenBack: 500n },
    lotTerms: ['grt_1', 'pur_1', 'pur_2'].map((lotId) => ({ lotId, ...terms })),
    ...{ day: '2026-01-31', timeZone: 'UTC' },
    postings: [...postings],
    ...others,
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
    actor: 'sub_1/key_1',
    traceparent: undefined,
    value,
  };
  return { ...event, hash: hashOf(event, previousHash) };
}

/** Text of a receipt as served. */
export const issued = async (receipt: Receipt): Promise<string> =>
  canonicalJson({ receipt, jws: await signCompact(canonicalJson(receipt), signer) });

export const chargeReceipt = (): Receipt => receiptOf(chargedEvent(), previousHash, chargeId)!;
