import { describe, expect, it } from '@jest/globals';
import { causationTree } from './causation-tree.ts';
import { someEvent } from './some-event.fixture.ts';

const start = Date.UTC(2026, 0, 2);
const sent = someEvent({}, { sequence: 1, time: start });
const received = someEvent(
  {},
  { lane: 1, streamId: 'wal_9', type: 'TokensReceived', time: start + 12, causationId: 'wallet/3/1' },
);
const noticed = someEvent(
  {},
  { service: 'metering', lane: 0, streamId: 'use_1', type: 'Noticed', time: start + 13, causationId: 'wallet/3/1' },
);
const counted = someEvent(
  {},
  { service: 'metering', lane: 2, streamId: 'use_2', type: 'Counted', time: start + 20, causationId: 'wallet/1/17' },
);

describe('a correlation as a tree', () => {
  it('shows below each event what it caused, across services, and when', () => {
    expect(causationTree([counted, noticed, received, sent])).toEqual([
      'wallet/3/1 wal_7 #4 TokensSent  (2026-01-02 00:00:00.000)',
      '├─ wallet/1/17 wal_9 #4 TokensReceived  (+12 ms)',
      '│  └─ metering/2/17 use_2 #4 Counted  (+20 ms)',
      '└─ metering/0/17 use_1 #4 Noticed  (+13 ms)',
    ]);
  });

  it('puts at the top what nothing in it caused', () => {
    expect(causationTree([counted, sent])).toEqual([
      'wallet/3/1 wal_7 #4 TokensSent  (2026-01-02 00:00:00.000)',
      'metering/2/17 use_2 #4 Counted  (+20 ms)',
    ]);
  });

  it('is empty for no events', () => {
    expect(causationTree([])).toEqual([]);
  });
});
