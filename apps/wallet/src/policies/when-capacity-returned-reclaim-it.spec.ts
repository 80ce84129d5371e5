import { describe, expect, it } from '@jest/globals';
import { CapacityFreed, CapacityReturned } from '@tokengrid/contracts';
import { walletId } from '../decisions/examples.fixture.ts';
import { reclaimFor } from './when-capacity-returned-reclaim-it.ts';

describe('when capacity is returned, reclaim it', () => {
  const inLane2 = <E>(event: E) => ({ ...event, lane: 2 });

  it('takes what a lane gave back for its report', () =>
    expect(reclaimFor(inLane2(CapacityReturned({ tokens: -5n, version: 1 })))).toEqual({
      lane: 2,
      tokens: -5n,
      reported: true,
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
