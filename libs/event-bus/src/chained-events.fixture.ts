import { firstPreviousHash, hashOf } from '@tokengrid/contracts';
import type { StoredEvent } from '@tokengrid/contracts';
import type { ChainedEvent } from '@tokengrid/event-store';
import fc from 'fast-check';

type Unchained = Omit<StoredEvent, 'hash' | 'sequence'>;

const plain: Unchained = {
  service: 'wallet',
  lane: 0,
  streamId: 'wal_01h455vb4pex5vsknk084sn02q',
  revision: 1,
  type: 'TokensSent',
  version: 1,
  time: Date.UTC(2026, 0, 1),
  commandId: '0193b0a2-6f7a-7c3e-8d29-3f0b5a1c9e11',
  inputHash: 'a5'.repeat(32),
  causationId: 'metering/3/812',
  correlationId: '0193b0a2-6f7a-7c3e-8d29-3f0b5a1c9e12',
  actor: 'sub_01jzx3k9v8e7f9q2m4n6p8r0t2/key_01jzx3k9v8e7f9q2m4n6p8r0t3',
  traceparent: `00-${'4b'.repeat(16)}-${'c1'.repeat(8)}-01`,
  value: Buffer.from('{"transferId":"trf_1","tokens":"1250000"}'),
};

/** Events of a lane from sequence 1 on, each chained to the one before; `change` alters them. */
export function chainedEvents(
  count: number,
  change: (index: number) => Partial<Unchained> = () => ({}),
): ChainedEvent[] {
  const chain: ChainedEvent[] = [];
  for (let index = 0; index < count; index++) {
    const previousHash = chain.at(-1)?.event.hash ?? firstPreviousHash;
    const unhashed = { ...plain, ...change(index), sequence: index + 1 };
    chain.push({ event: { ...unhashed, hash: hashOf(unhashed, previousHash) }, previousHash });
  }
  return chain;
}

const anyText = fc.oneof(
  fc.string({ maxLength: 100 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  // Lengths around which a varint grows by a byte.
  fc.constantFrom(63, 64, 65, 8_191, 8_192).map((length) => 'x'.repeat(length)),
);

const anyEvent: fc.Arbitrary<Partial<Unchained>> = fc.record({
  streamId: anyText,
  causationId: anyText,
  correlationId: anyText,
  actor: anyText,
  inputHash: fc.option(anyText, { nil: undefined }),
  traceparent: fc.option(anyText, { nil: undefined }),
  time: fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
  value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

/** Chains of events with texts, times and values of every kind. */
export const anyChainedEvents: fc.Arbitrary<ChainedEvent[]> = fc
  .array(anyEvent, { minLength: 1, maxLength: 20 })
  .map((changes) => chainedEvents(changes.length, (index) => changes[index]!));
