import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Catalogue, catalogue, encodeData, event, hashOf, posting, type StoredEvent } from '@tokengrid/contracts';
import { z } from 'zod';
import type { LogRecord } from '../event-log.ts';
import { InMemoryLog } from '../in-memory/in-memory-log.ts';
import { verifyTopic } from './verify-topic.ts';

const Paid = event('Paid', 'Money moved.', z.strictObject({ postings: z.array(posting) }));
const books = catalogue('books', [Paid] as const) as unknown as Catalogue;
const lane = 0;

/** `count` events of lane 0, each a whole payment. */
function payments(count: number, amountOf: (sequence: number) => [string, string] = () => ['5', '-5']) {
  const chained = [];
  let previousHash = '0'.repeat(64);
  for (let sequence = 1; sequence <= count; sequence++) {
    const [to, from] = amountOf(sequence);
    const postings = [
      { account: 'a', asset: 'AIT', amount: to },
      { account: 'b', asset: 'AIT', amount: from },
    ];
    const unhashed = {
      service: 'books',
      lane,
      sequence,
      streamId: 'book',
      revision: sequence,
      type: 'Paid',
      version: 1,
      time: 1_767_225_600_000,
      commandId: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
      inputHash: undefined,
      causationId: 'c',
      correlationId: 'c',
      actor: 'spec',
      traceparent: undefined,
      value: encodeData({ postings }),
    };
    const stored: StoredEvent = { ...unhashed, hash: hashOf(unhashed, previousHash) };
    chained.push({ event: stored, previousHash });
    previousHash = stored.hash;
  }
  return chained;
}

describe('verifying a topic', () => {
  let log: InMemoryLog;
  beforeEach(async () => {
    log = new InMemoryLog();
    await log.createTopic(books.topic, { partitions: 1, replicationFactor: 1 });
  });
  const verified = async () => (await verifyTopic({ log, catalogue: books }))[0]!;
  const smuggle = (record: Omit<LogRecord, 'offset'>) => log.smuggle(books.topic, lane, record);
  /** A log with one record changed by a foreign client. */
  async function tampered(count: number, offset: number, change: (record: LogRecord) => LogRecord | undefined) {
    const source = new InMemoryLog();
    await source.createTopic(books.topic, { partitions: 1, replicationFactor: 1 });
    await source.append(books.topic, lane, payments(count));
    for (const record of source.records(books.topic, lane)) {
      const kept = record.offset === offset ? change(record) : record;
      if (kept) smuggle(kept);
    }
  }
  const flipped = (record: LogRecord): LogRecord => {
    const value = Buffer.from(record.value!);
    value[value.indexOf('5')] = '6'.charCodeAt(0);
    return { ...record, value };
  };

  it('finds a whole lane whole', async () => {
    await log.append(books.topic, lane, payments(1200));
    expect(await verified()).toMatchObject({
      events: 1200,
      moneyEvents: 1200,
      repeats: 0,
      garbage: 0,
      fault: undefined,
    });
  });

  it('passes over repeats and garbage, and counts them', async () => {
    const all = payments(10);
    await log.append(books.topic, lane, all);
    await log.append(books.topic, lane, all.slice(6));
    smuggle({ key: undefined, headers: {}, value: Buffer.from('hello') });
    smuggle({ key: undefined, headers: {}, value: null });
    expect(await verified()).toMatchObject({ events: 10, repeats: 4, garbage: 2, fault: undefined });
  });

  it('finds a flipped byte in the middle', async () => {
    await tampered(10, 4, flipped);
    const { events, fault } = await verified();
    expect(events).toBe(4);
    expect(fault).toEqual({ offset: 5, reason: 'the hash of books/0/5 does not match its content (at offset 4)' });
  });

  it('finds a flipped byte in the last event, which nothing follows', async () => {
    await tampered(10, 9, flipped);
    expect((await verified()).fault).toEqual({
      offset: 9,
      reason: 'the hash of books/0/10 does not match its content',
    });
  });

  it('finds a missing event', async () => {
    await tampered(10, 4, () => undefined);
    expect((await verified()).fault).toEqual({ offset: 4, reason: 'sequence 5 is missing before books/0/6' });
  });

  it('finds a history that was written anew from some event on', async () => {
    await log.append(books.topic, lane, payments(10));
    await log.append(
      books.topic,
      lane,
      payments(12, (sequence) => (sequence < 8 ? ['5', '-5'] : ['7', '-7'])).slice(7),
    );
    expect((await verified()).fault).toEqual({
      offset: 10,
      reason: 'books/0/8 came again with another hash: the history has forked',
    });
  });

  it('finds books that do not balance', async () => {
    await log.append(
      books.topic,
      lane,
      payments(10, (sequence) => (sequence === 3 ? ['5', '-4'] : ['5', '-5'])),
    );
    expect((await verified()).fault).toEqual({
      offset: 2,
      reason: 'books/0/3: the postings of Paid in AIT do not sum to zero',
    });
  });

  it('finds data that is not as declared, and looks at what stands behind it', async () => {
    const all = payments(3, (sequence) => (sequence === 1 ? ['five', '-5'] : ['5', '-5']));
    await log.append(books.topic, lane, all);
    const { unreadable, fault, events, moneyEvents } = await verified();
    expect(unreadable).toMatchObject([{ id: 'books/0/1', reason: expect.stringContaining('/postings/0/amount') }]);
    expect({ fault, events, moneyEvents }).toEqual({ fault: undefined, events: 3, moneyEvents: 2 });
  });
});
