import { describe, expect, it } from '@jest/globals';
import {
  amount,
  type Catalogue,
  catalogue,
  encodeData,
  event,
  type StoredEvent,
  UnreadableEvent,
} from '@tokengrid/contracts';
import { recordedEvent } from '@tokengrid/event-store';
import { z } from 'zod';
import { chainedEvents } from '../chained-events.fixture.ts';
import { DecodedEvents } from './decoded-events.ts';

const TokensSent = event('TokensSent', 'Tokens left a wallet.', z.strictObject({ tokens: amount }));
const wallet = catalogue('wallet', [TokensSent] as const) as unknown as Catalogue;
const chain = (count: number) =>
  chainedEvents(count, (at) => ({ type: 'TokensSent', value: encodeData({ tokens: BigInt(at) }) }));
/** The event as another fetch has it. */
const fetched = (stored: StoredEvent): StoredEvent => ({ ...stored, value: Buffer.from(stored.value) });

describe('events decoded once', () => {
  it('are the same object for every subscriber', () => {
    const decoded = new DecodedEvents();
    const sent = chain(1)[0]!.event;
    const data = decoded.read(wallet, sent);
    expect(data).toEqual({ tokens: 0n });
    expect(decoded.read(wallet, fetched(sent))).toBe(data);
  });

  it('are not decoded where they were decided here, if a subscriber reads them', () => {
    const decoded = new DecodedEvents();
    const chained = chain(1);
    const sent = chained[0]!.event;
    const data = { tokens: 0n };
    decoded.committed(chained, [recordedEvent(sent, data)]);
    expect(decoded.read(wallet, sent)).not.toBe(data);

    const wanting = new DecodedEvents();
    wanting.want(wallet, ['TokensSent']);
    wanting.committed(chained, [recordedEvent(sent, data)]);
    expect(wanting.read(wallet, fetched(sent))).toBe(data);
  });

  it('are told by their hash: another event in the same place is decoded', () => {
    const decoded = new DecodedEvents();
    const sent = chain(1)[0]!.event;
    const other = chainedEvents(1, () => ({
      type: 'TokensSent',
      value: encodeData({ tokens: 7n }),
    }))[0]!.event;
    decoded.read(wallet, sent);
    expect(decoded.read(wallet, other)).toEqual({ tokens: 7n });
  });

  it('are forgotten, the oldest first, beyond their bytes', () => {
    const decoded = new DecodedEvents(encodeData({ tokens: 0n }).length * 2);
    const [first, second, third] = chain(3).map(({ event: stored }) => stored) as [
      StoredEvent,
      StoredEvent,
      StoredEvent,
    ];
    const [one, two, three] = [first, second, third].map((stored) => decoded.read(wallet, stored));
    expect(decoded.read(wallet, third)).toBe(three);
    expect(decoded.read(wallet, second)).toBe(two);
    expect(decoded.read(wallet, first)).not.toBe(one);
  });

  it('are not held where they cannot be read: a newer release, or a skip, has to be seen', () => {
    const decoded = new DecodedEvents();
    const broken = chainedEvents(1, () => ({ type: 'TokensSent', value: Buffer.from('{}') }))[0]!.event;
    for (let time = 0; time < 2; time++) expect(() => decoded.read(wallet, broken)).toThrow(UnreadableEvent);
  });
});
