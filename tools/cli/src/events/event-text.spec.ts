import { describe, expect, it } from '@jest/globals';
import { dataText, eventJson, eventLine } from './event-text.ts';
import { someEvent } from './some-event.fixture.ts';

describe('an event as text', () => {
  it('is one line: when, which, where, what, why', () => {
    const sent = someEvent({ tokens: 250n, toWalletId: 'wal_9' }, { causationId: 'metering/3/812' });
    expect(eventLine(sent)).toBe(
      '2026-01-02 03:04:05.678 wallet/3/17 wal_7 #4 TokensSent tokens 250, toWalletId wal_9 ← metering/3/812',
    );
  });

  it('names no cause where a caller asked for it', () => {
    expect(eventLine(someEvent({ tokens: 1n }))).not.toContain('←');
  });

  it('counts lists of objects, and shows short plain ones', () => {
    const data = { postings: [{}, {}], tags: ['a', 'b'], price: { currency: 'CNY', amount: '5' }, expiresAt: null };
    expect(dataText(someEvent(data).value)).toBe(
      'postings (2), tags [a, b], price {currency CNY, amount 5}, expiresAt null',
    );
  });

  it('says whose personal data it can not show', () => {
    expect(dataText(someEvent({ name: 'enc:v1:usr_1:aaaa:bbbb' }).value)).toBe('name (encrypted for usr_1)');
  });

  it('survives a value that is not JSON', () => {
    expect(dataText(Buffer.from('hello'))).toBe('(not JSON: 5 bytes)');
  });

  it('is an object with the envelope and the data, for programs', () => {
    expect(JSON.parse(eventJson(someEvent({ tokens: 250n })))).toMatchObject({
      id: 'wallet/3/17',
      type: 'TokensSent',
      data: { tokens: '250' },
    });
  });
});
