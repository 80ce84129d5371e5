import { describe, expect, it } from '@jest/globals';
import { laneOf, murmur2, skippedStreamId, systemStreamId } from './lane.ts';

describe('lanes', () => {
  // Pairs from Apache Kafka's own UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (key, hash) => {
    expect(murmur2(key)).toBe(hash);
  });

  it('gives each lane a system stream and one of skipped events that hash to it', () => {
    for (const lanes of [1, 6, 48]) {
      for (let lane = 0; lane < lanes; lane++) {
        expect(laneOf(systemStreamId(lane, lanes), lanes)).toBe(lane);
        expect(laneOf(skippedStreamId(lane, lanes), lanes)).toBe(lane);
      }
    }
  });
});
