import { describe, expect, it } from '@jest/globals';
import {
  CapacityDeclared,
  CapacityExhausted,
  CapacityFreed,
  CapacityGranted,
  CapacityReceived,
  CapacityReclaimed,
  CapacityReturned,
  CapacityUsed,
} from '@tokengrid/contracts';
import { givenFor, NotYet } from '@tokengrid/kernel';
import { capacity } from '../state/capacity.ts';
import { declareCapacity } from './declare-capacity.ts';
import { context as lane0of6, walletId } from '../examples.fixture.ts';
import { receiveCapacity } from './receive-capacity.ts';
import { reclaimCapacity } from './reclaim-capacity.ts';
import { requestCapacity } from './request-capacity.ts';
import { returnCapacity } from './return-capacity.ts';
import { walletLane } from '../state/wallet-lane.ts';

const context = { ...lane0of6, lanes: 2 };
const declared = (tokens: bigint, version = 1) => CapacityDeclared({ tokens, version });
const granted = (lane: number, tokens: bigint, left: bigint) => CapacityGranted({ lane, tokens, left, version: 1 });
const reclaimed = (lane: number, tokens: bigint, left: bigint, reported = true) =>
  CapacityReclaimed({ lane, tokens, left, reported });

describe('capacity', () => {
  const given = givenFor(capacity);
  /** 1,600 µAIT declared, 100 of them issued in lane 1 before the declaration. */
  const reported = [declared(1600n), reclaimed(0, 0n, 1600n), reclaimed(1, -100n, 1500n)];

  it('is declared, and declared anew', () => {
    given().when(declareCapacity, { tokens: 1600n }, context).then(declared(1600n));
    given(declared(1600n)).when(declareCapacity, { tokens: 5n }, context).then(declared(5n, 2));
  });

  it('is not granted until all lanes have said what they had issued', () =>
    expect(() =>
      given(declared(1600n), reclaimed(1, -100n, 1500n)).when(requestCapacity, { lane: 0, required: 1n }, context),
    ).toThrow(NotYet));

  it('does not take what is sold back in a lane for what the lane had issued', () =>
    expect(() =>
      given(declared(1600n), reclaimed(0, 0n, 1600n), reclaimed(1, 5n, 1605n, false)).when(
        requestCapacity,
        { lane: 0, required: 1n },
        context,
      ),
    ).toThrow(NotYet));

  it('counts what was issued before there was a limit', () =>
    given(declared(1600n), reclaimed(0, 0n, 1600n))
      .when(reclaimCapacity, { lane: 1, tokens: -100n, reported: true }, context)
      .then(reclaimed(1, -100n, 1500n)));

  it('is granted in slices of an eighth of an even share', () =>
    given(...reported)
      .when(requestCapacity, { lane: 0, required: 7n }, context)
      .then(granted(0, 100n, 1400n)));

  it('is granted as required where that is more than a slice, to the last µAIT', () =>
    given(...reported)
      .when(requestCapacity, { lane: 0, required: 1500n }, context)
      .then(granted(0, 1500n, 0n)));

  it('is granted as required where less than a slice is left', () =>
    given(...reported, granted(0, 1450n, 50n))
      .when(requestCapacity, { lane: 1, required: 7n }, context)
      .then(granted(1, 7n, 43n)));

  it('is exhausted for a lane that needs one µAIT more than is left', () =>
    given(...reported)
      .when(requestCapacity, { lane: 0, required: 1501n }, context)
      .then(CapacityExhausted({ lane: 0, required: 1501n, left: 1500n })));

  it('is not granted while more is outstanding than may be, and is again once it has shrunk', () => {
    const lowered = [...reported, granted(0, 1500n, 0n), declared(1000n, 2)];
    given(...lowered)
      .when(requestCapacity, { lane: 1, required: 1n }, context)
      .then(CapacityExhausted({ lane: 1, required: 1n, left: -600n }));
    given(...lowered, reclaimed(0, 601n, 1n, false))
      .when(requestCapacity, { lane: 1, required: 1n }, context)
      .then(CapacityGranted({ lane: 1, tokens: 1n, left: 0n, version: 2 }));
  });
});

describe("a lane's capacity", () => {
  const given = givenFor(walletLane);
  const used = (tokens: bigint) => CapacityUsed({ walletId, tokens });
  const freed = (tokens: bigint, returned: boolean) => CapacityFreed({ walletId, tokens, returned });
  const returned = (tokens: bigint, version = 1, first = false) => CapacityReturned({ tokens, version, first });
  const received = (tokens: bigint, version = 1) => CapacityReceived({ tokens, version });

  it('has no limit at first, and counts what it issued', () =>
    expect(given(used(100n), freed(30n, false)).state.issuance).toEqual({ limit: 'none', used: 70n }));

  it('is limited from its first return on, which says what it had issued', () => {
    given(used(100n), freed(30n, false))
      .when(returnCapacity, { version: 1 }, context)
      .then(returned(-70n, 1, true));
    expect(given(used(100n), returned(-100n)).state.issuance).toEqual({
      ...{ limit: 'slice', version: 1, room: 0n, held: 100n },
    });
  });

  it('grows by what it receives, shrinks by what it issues, and gives the rest back', () => {
    given(returned(0n)).when(receiveCapacity, { tokens: 50n, version: 1 }, context).then(received(50n));
    const history = [returned(0n), received(50n), used(20n)];
    expect(given(...history).state.issuance).toEqual({ limit: 'slice', version: 1, room: 30n, held: 50n });
    given(...history)
      .when(returnCapacity, { version: 2 }, context)
      .then(returned(30n, 2));
  });

  it('gives back what was granted under an earlier declaration and comes late', () =>
    given(returned(0n, 2), received(5n, 2))
      .when(receiveCapacity, { tokens: 50n, version: 1 }, context)
      .then(received(50n), returned(55n, 2)));

  it('does not forget the last declaration when an earlier one comes late', () =>
    given(returned(0n, 2)).when(returnCapacity, { version: 1 }, context).then(returned(0n, 2)));

  it('does not grow by what is sold back: that is granted again', () =>
    expect(given(returned(-50n), freed(40n, true)).state.issuance).toEqual({
      ...{ limit: 'slice', version: 1, room: 0n, held: 10n },
    }));
});
