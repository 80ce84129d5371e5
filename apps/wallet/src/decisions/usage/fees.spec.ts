import { describe, expect, it } from '@jest/globals';
import {
  CapacityFreed,
  FeesCollected,
  FeesRetired,
  FeesRetirementOrdered,
  FeesRetirementRefused,
} from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import fc from 'fast-check';
import { context, from, limitedTo, statementId, to } from '../examples.fixture.ts';
import { fees } from '../state/fees.ts';
import { collectFees } from './collect-fees.ts';
import { orderFeesRetirement } from './order-fees-retirement.ts';
import { retireFees } from './retire-fees.ts';
import { walletLane } from '../state/wallet-lane.ts';

const retirementId = `frt_${'1'.repeat(26)}`;
const given = givenFor(fees);
const collected = [7n, 0n, 5n].map((tokens, lane) => ({ lane, tokens }));
const ordered = (tokens: bigint, ...lanes: { lane: number; tokens: bigint }[]) =>
  FeesRetirementOrdered({ retirementId, tokens, lanes });

describe('an order to retire fees', () => {
  it('is of all that there are, unless it says how many', () => {
    given()
      .when(orderFeesRetirement, { retirementId, collected })
      .then(ordered(12n, { lane: 0, tokens: 7n }, { lane: 2, tokens: 5n }));
    given()
      .when(orderFeesRetirement, { retirementId, tokens: 8n, collected })
      .then(ordered(8n, { lane: 0, tokens: 7n }, { lane: 2, tokens: 1n }));
  });

  it('is of what earlier orders have left', () => {
    const before = ordered(9n, { lane: 0, tokens: 7n }, { lane: 2, tokens: 2n });
    given(before)
      .when(orderFeesRetirement, { retirementId, collected })
      .then(ordered(3n, { lane: 2, tokens: 3n }));
    given(before)
      .when(orderFeesRetirement, { retirementId, tokens: 4n, collected })
      .then(FeesRetirementRefused({ retirementId, code: 'WALLET.INSUFFICIENT_FEES', available: 3n, required: 4n }));
    given(ordered(12n, ...collected))
      .when(orderFeesRetirement, { retirementId, collected })
      .then(ordered(0n));
  });

  it('leaves in one lane what the fees of another owe to its escrow', () => {
    const some = [7n, -4n, 5n].map((tokens, lane) => ({ lane, tokens }));
    given()
      .when(orderFeesRetirement, { retirementId, collected: some })
      .then(ordered(8n, { lane: 0, tokens: 7n }, { lane: 2, tokens: 1n }));
    given()
      .when(orderFeesRetirement, { retirementId, tokens: 9n, collected: some })
      .then(FeesRetirementRefused({ retirementId, code: 'WALLET.INSUFFICIENT_FEES', available: 8n, required: 9n }));
    given()
      .when(orderFeesRetirement, { retirementId, collected: [{ lane: 1, tokens: -4n }] })
      .then(ordered(0n));
  });

  it('never takes more of a lane than it collected, whatever is ordered in which order', () =>
    fc.assert(
      fc.property(fc.array(fc.option(fc.bigInt(0n, 20n), { nil: undefined }), { maxLength: 8 }), (orders) => {
        let state = fees.initial;
        for (const tokens of orders) {
          const [event] = orderFeesRetirement(state, { retirementId, tokens, collected });
          state = fees.evolve(state, event as ReturnType<typeof ordered>);
          for (const { lane, tokens: ever } of collected) {
            expect((state.ordered.get(lane) ?? 0n) <= ever).toBe(true);
          }
        }
      }),
    ));
});

describe('retired fees', () => {
  it('leave the world, so that others can be issued in their place', () => {
    const postings = [from('lane:0:fees', 5n), to('lane:0:redeemed', 5n)];
    givenFor(walletLane)()
      .when(retireFees, { retirementId, tokens: 5n }, context)
      .then(FeesRetired({ retirementId, tokens: 5n, postings }), CapacityFreed({ tokens: 5n, returned: false }));
    expect(retireFees(limitedTo(0n).system, { retirementId, tokens: 5n }, limitedTo(0n))).toContainEqual(
      CapacityFreed({ tokens: 5n, returned: true }),
    );
  });

  it('were collected in their lane', () => {
    const earnings = { statementId, partyId: 'operator', period: '2026-01-01', timeZone: 'UTC', tokens: 5n };
    const postings = [from('lane:0:escrow', 5n), to('lane:0:fees', 5n)];
    const { state } = givenFor(walletLane)(FeesCollected({ ...earnings, postings }));
    expect(state).toMatchObject({ released: 5n, fees: 5n });
  });

  it('fill up the escrow of their lane by a negative statement, though there were none', () => {
    const earnings = { statementId, partyId: 'operator', period: '2026-01-01', timeZone: 'UTC', tokens: -5n };
    const collecting = givenFor(walletLane)().when(collectFees, { ...earnings, charged: 0n }, context);
    const filled = FeesCollected({ ...earnings, postings: [from('lane:0:fees', 5n), to('lane:0:escrow', 5n)] });
    collecting.then(filled);
    expect(givenFor(walletLane)(filled).state).toMatchObject({ released: 0n, fees: -5n });
  });
});
