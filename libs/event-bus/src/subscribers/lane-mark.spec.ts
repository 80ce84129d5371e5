import { describe, expect, it } from '@jest/globals';
import { firstPreviousHash, hashOf, headersOf, type StoredEvent } from '@tokengrid/contracts';
import type { LogRecord } from '@tokengrid/event-store';
import { type LaneMark, readLane } from './lane-mark.ts';

const start: LaneMark = { sequence: 0, hash: firstPreviousHash, offset: 0 };

/** First events of a lane, chained. */
function lane(count: number, note = ''): { event: StoredEvent; previousHash: string }[] {
  const chain: { event: StoredEvent; previousHash: string }[] = [];
  for (let sequence = 1; sequence <= count; sequence++) {
    const previousHash = chain.at(-1)?.event.hash ?? firstPreviousHash;
    const unhashed = {
      service: 'purse',
      lane: 2,
      sequence,
      streamId: 'a',
      revision: sequence,
      type: 'Deposited',
      version: 1,
      time: 1_700_000_000_000,
      commandId: '00000000-0000-4000-8000-000000000000',
      inputHash: undefined,
      causationId: 'c',
      correlationId: 'c',
      actor: 'spec',
      traceparent: undefined,
      value: Buffer.from(`{"tokens":"${sequence}${note}"}`),
    };
    chain.push({ event: { ...unhashed, hash: hashOf(unhashed, previousHash) }, previousHash });
  }
  return chain;
}

const records = (...events: { event: StoredEvent; previousHash: string }[]): LogRecord[] =>
  events.map(({ event, previousHash }, offset) => ({
    offset,
    key: event.streamId,
    headers: Object.fromEntries(headersOf(event, previousHash)),
    value: event.value,
  }));

describe('reading a lane', () => {
  const [one, two, three] = lane(3) as [
    ReturnType<typeof lane>[0],
    ReturnType<typeof lane>[0],
    ReturnType<typeof lane>[0],
  ];

  it('applies what is next and passes over what was seen', () => {
    const reading = readLane('purse', 2, start, records(one, two, one, two, three));
    expect(reading.next.map(({ event }) => event.sequence)).toEqual([1, 2, 3]);
    expect(reading).toMatchObject({
      seen: 2,
      mark: { sequence: 3, hash: three.event.hash, offset: 5 },
    });
    expect(reading.broken).toBeUndefined();
  });

  it('sees a gap, and keeps what came before it', () => {
    const reading = readLane('purse', 2, start, records(one, three));
    expect(reading.next).toHaveLength(1);
    expect(reading).toMatchObject({ mark: { sequence: 1, offset: 1 }, broken: { kind: 'gap' } });
  });

  it('sees a fork: the same sequence with another hash, or another past', () => {
    const [, , otherThree] = lane(3, '0');
    expect(readLane('purse', 2, start, records(one, lane(1, '9')[0]!)).broken?.kind).toBe('fork');
    expect(readLane('purse', 2, start, records(one, two, otherThree!)).broken?.kind).toBe('fork');
  });

  it("passes over what is no event of this lane's", () => {
    const [good] = records(one);
    const garbage: LogRecord[] = [
      { offset: 0, key: undefined, headers: {}, value: Buffer.from('hello') },
      { ...good!, offset: 1, value: Buffer.from('{"tokens":"1000000"}') },
      { ...good!, offset: 2 },
      { ...good!, offset: 3, headers: { ...good!.headers, ce_id: 'purse/1/1' } },
    ];
    const reading = readLane('purse', 2, start, garbage);
    expect(reading.next).toHaveLength(1);
    expect(reading.malformed.map(({ offset }) => offset)).toEqual([0, 1, 3]);
    expect(reading.mark.offset).toBe(4);
  });
});
