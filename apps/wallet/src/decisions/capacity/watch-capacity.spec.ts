import { describe, expect, it } from '@jest/globals';
import { CapacityDeclared, CapacityWarningCleared, CapacityWarningRaised } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { capacity } from '../state/capacity.ts';
import { NothingDue } from '../rules/due.ts';
import { watchCapacity } from './watch-capacity.ts';

const given = givenFor(capacity);
const declared = (tokens: bigint, version = 1) => CapacityDeclared({ tokens, version });
const raised = (outstanding: bigint, of = 1000n) => CapacityWarningRaised({ declared: of, outstanding });
const cleared = (outstanding: bigint, of = 1000n) => CapacityWarningCleared({ declared: of, outstanding });

describe('watching the capacity', () => {
  it('warns at 90 % of it', () => given(declared(1000n)).when(watchCapacity, { outstanding: 900n }).then(raised(900n)));

  it('rounds nothing: a µAIT below is not 90 %', () =>
    given(declared(1001n)).when(watchCapacity, { outstanding: 901n }).then(raised(901n, 1001n)));

  it.each([
    ['while there is no limit', [], 10n ** 20n],
    ['a µAIT below 90 %', [declared(1000n)], 899n],
    ['where it has warned', [declared(1000n), raised(900n)], 1000n],
    ['where it has said that there is more again', [declared(1000n), raised(900n), cleared(899n)], 0n],
  ])('says nothing %s', (_, history, outstanding) =>
    expect(() => given(...history).when(watchCapacity, { outstanding })).toThrow(NothingDue),
  );

  it('says when there is more again, and warns again', () => {
    const history = [declared(1000n), raised(950n)];
    given(...history)
      .when(watchCapacity, { outstanding: 899n })
      .then(cleared(899n));
    given(...history, cleared(899n))
      .when(watchCapacity, { outstanding: 900n })
      .then(raised(900n));
  });

  it('goes by what is declared now', () => {
    given(declared(1000n), raised(900n), declared(2000n, 2))
      .when(watchCapacity, { outstanding: 900n })
      .then(cleared(900n, 2000n));
    given(declared(1000n), declared(0n, 2)).when(watchCapacity, { outstanding: 0n }).then(raised(0n, 0n));
  });
});
