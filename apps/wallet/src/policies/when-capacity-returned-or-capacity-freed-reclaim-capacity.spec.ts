import { describe, expect, it } from '@jest/globals';
import { CapacityFreed, CapacityReturned } from '@tokengrid/contracts';
import { walletId } from '../decisions/examples.fixture.ts';
import { reclaimFor } from './when-capacity-returned-or-capacity-freed-reclaim-capacity.ts';

describe('when capacity is returned, reclaim it', () => {
  const inLane2 = <E>(event: E) => ({ ...event, lane: 2 });

  it('takes what a lane gave back first for its report', () =>
    expect(reclaimFor(inLane2(CapacityReturned({ tokens: -5n, version: 1, first: true })))).toEqual({
      lane: 2,
      tokens: -5n,
      reported: true,
    }));

  it('does not take what it gives back later for a report, which may be reclaimed before the first', () =>
    expect(reclaimFor(inLane2(CapacityReturned({ tokens: 0n, version: 2, first: false })))).toEqual({
      lane: 2,
      tokens: 0n,
      reported: false,
    }));

  it('takes what was sold back or expired, which is no report', () =>
    expect(reclaimFor(inLane2(CapacityFreed({ walletId, tokens: 5n, returned: true })))).toEqual({
      lane: 2,
      tokens: 5n,
      reported: false,
    }));

  it('has nothing to reclaim while there is no limit', () =>
    expect(reclaimFor(inLane2(CapacityFreed({ walletId, tokens: 5n, returned: false })))).toBeUndefined());
});
