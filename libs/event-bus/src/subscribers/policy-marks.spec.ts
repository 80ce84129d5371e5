import { describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { PolicyMarks } from './policy-marks.ts';

const key = { subscriber: 'when-tokens-sent-receive-tokens', topic: 'tokengrid.wallet', lane: 3 };
const other = { ...key, lane: 4 };

describe('parked streams of a lane', () => {
  it('are looked for once where there are none, and again once an event is parked', async () => {
    let parked: readonly object[] = [];
    let asked = 0;
    const query = () => {
      asked += 1;
      return Promise.resolve({ rows: parked });
    };
    const marks = new PolicyMarks({ query } as unknown as Pool);
    for (let look = 0; look < 3; look++) expect(await marks.parkedStreams(key)).toEqual(new Set());
    expect(asked).toBe(1);
    parked = [{ ...key, stream_id: 'wal_1' }];
    marks.expectParked(other);
    await marks.parkedStreams(key);
    expect(asked).toBe(1);
    marks.expectParked(key);
    for (let look = 0; look < 2; look++) expect(await marks.parkedStreams(key)).toEqual(new Set(['wal_1']));
    expect(asked).toBe(3);
    parked = [];
    for (let look = 0; look < 2; look++) expect(await marks.parkedStreams(key)).toEqual(new Set());
    expect(asked).toBe(4);
  });
});
