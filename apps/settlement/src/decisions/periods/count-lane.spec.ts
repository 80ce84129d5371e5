import { describe, expect, it } from '@jest/globals';
import { LaneCounted, PeriodClosed, StatementMade } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { book } from '../state/book.ts';
import { countLane } from './count-lane.ts';
import { provider } from '../examples.fixture.ts';
import { statementIdOf } from './statements.ts';

const given = givenFor(book);
const period = '2026-01-01';
const time = Date.UTC(2026, 0, 2);
const line = (partyId: string, role: 'operator' | 'provider', tokens: bigint) => ({ partyId, role, tokens, uses: 1 });
const lane = (number: number) => ({
  ...{ period, timeZone: 'UTC' },
  lane: number,
  uses: 1,
  earned: [line('operator', 'operator', 10n), line(provider, 'provider', 90n)],
  escrow: [{ walletLane: number + 3, tokens: 100n }],
});

describe('countLane', () => {
  it('counts a lane, and waits for the others', () => {
    given()
      .when(countLane, lane(0), { lanes: 2, time })
      .then(LaneCounted(lane(0)));
  });

  it('makes all statements and closes the period with the last lane, in one go', () => {
    const made = (partyId: string, role: 'operator' | 'provider', tokens: bigint, payFrom: [number, bigint][]) =>
      StatementMade({
        ...{
          statementId: statementIdOf(period, partyId),
          period,
          timeZone: 'UTC',
          partyId,
          tokens,
        },
        lines: [{ ...line(partyId, role, tokens), uses: 2 }],
        payFrom: payFrom.map(([walletLane, tokens]) => ({ walletLane, tokens })),
      });
    given(LaneCounted(lane(1)))
      .when(countLane, lane(0), { lanes: 2, time })
      .then(
        LaneCounted(lane(0)),
        made('operator', 'operator', 20n, [[3, 20n]]),
        made(provider, 'provider', 180n, [
          [3, 80n],
          [4, 100n],
        ]),
        PeriodClosed({
          period,
          timeZone: 'UTC',
          uses: 2,
          tokens: 200n,
          statements: 2,
          closedAt: '2026-01-02T00:00:00.000Z',
        }),
      );
  });

  it('closes a period without any use, with no statements', () => {
    const nothing = { period, timeZone: 'UTC', lane: 0, uses: 0, earned: [], escrow: [] };
    const closedAt = '2026-01-02T00:00:00.000Z';
    given()
      .when(countLane, nothing, { lanes: 1, time })
      .then(
        LaneCounted(nothing),
        PeriodClosed({ period, timeZone: 'UTC', uses: 0, tokens: 0n, statements: 0, closedAt }),
      );
  });

  it('counts a lane once', () => {
    expect(() => given(LaneCounted(lane(0))).when(countLane, lane(0), { lanes: 2, time })).toThrow('is counted');
  });
});
