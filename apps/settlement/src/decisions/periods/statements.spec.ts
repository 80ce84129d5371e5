import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { developer, provider } from '../examples.fixture.ts';
import { noTotals, type Totals, withLane } from '../state/totals.ts';
import { statementIdOf, statementsOf } from './statements.ts';

const period = '2026-01-01';
const roles = ['operator', 'provider', 'developer'] as const;

interface Line {
  readonly partyId: string;
  readonly role: (typeof roles)[number];
  readonly tokens: bigint;
}

const totals = (lines: readonly Line[], escrow: Record<number, bigint>): Totals =>
  withLane(noTotals, {
    uses: 1,
    earned: lines.map((line) => ({ ...line, uses: 1 })),
    escrow: Object.entries(escrow).map(([lane, tokens]) => ({ walletLane: Number(lane), tokens })),
  });
const made = (lines: readonly Line[], escrow: Record<number, bigint>) =>
  statementsOf({ period, timeZone: 'UTC' }, totals(lines, escrow));
const sum = (numbers: Iterable<bigint>) => [...numbers].reduce((a, b) => a + b, 0n);

describe('statements', () => {
  it('pay each party what it earned, by party id, out of few wallet lanes each', () => {
    const lines: Line[] = [
      { partyId: 'operator', role: 'operator', tokens: 10n },
      { partyId: developer, role: 'developer', tokens: 30n },
      { partyId: provider, role: 'provider', tokens: 60n },
    ];
    const statements = made(lines, { 5: 70n, 1: 30n });
    expect(statements.map(({ partyId, tokens, payFrom }) => [partyId, tokens, payFrom])).toEqual([
      ['operator', 10n, [{ walletLane: 1, tokens: 10n }]],
      [
        developer,
        30n,
        [
          { walletLane: 1, tokens: 20n },
          { walletLane: 5, tokens: 10n },
        ],
      ],
      [provider, 60n, [{ walletLane: 5, tokens: 60n }]],
    ]);
    expect(statements[1]!.statementId).toBe(statementIdOf(period, developer));
  });

  it('have a line for each role of a party', () => {
    const lines: Line[] = [
      { partyId: provider, role: 'developer', tokens: 30n },
      { partyId: provider, role: 'provider', tokens: 60n },
    ];
    expect(made(lines, { 0: 90n })).toEqual([
      {
        ...{ statementId: statementIdOf(period, provider), period, timeZone: 'UTC', partyId: provider },
        ...{ lines: lines.map((line) => ({ ...line, uses: 1 })), tokens: 90n },
        payFrom: [{ walletLane: 0, tokens: 90n }],
      },
    ]);
  });

  it('say that a party earned nothing of its uses, and pay nothing', () => {
    const [free] = made([{ partyId: provider, role: 'provider', tokens: 0n }], {});
    expect(free).toMatchObject({ partyId: provider, tokens: 0n, payFrom: [] });
  });

  it("fill lanes that are below 0 with the operator's fees, before they pay anybody", () => {
    const lines: Line[] = [
      { partyId: 'operator', role: 'operator', tokens: -50n },
      { partyId: provider, role: 'provider', tokens: 80n },
    ];
    const statements = made(lines, { 1: 60n, 2: -30n });
    expect(statements.map(({ partyId, tokens, payFrom }) => [partyId, tokens, payFrom])).toEqual([
      [
        'operator',
        -50n,
        [
          { walletLane: 2, tokens: -30n },
          { walletLane: 1, tokens: -20n },
        ],
      ],
      [provider, 80n, [{ walletLane: 1, tokens: 80n, filledBy: statementIdOf(period, 'operator') }]],
    ]);
  });

  it('fill a lane where no lane has anything, and others earned all the same', () => {
    const lines: Line[] = [
      { partyId: 'operator', role: 'operator', tokens: -50n },
      { partyId: provider, role: 'provider', tokens: 50n },
    ];
    expect(made(lines, {}).map(({ partyId, payFrom }) => [partyId, payFrom])).toEqual([
      ['operator', [{ walletLane: 0, tokens: -50n }]],
      [provider, [{ walletLane: 0, tokens: 50n, filledBy: statementIdOf(period, 'operator') }]],
    ]);
  });

  it('are none where nobody earned', () => expect(made([], {})).toEqual([]));

  it('always pay exactly what lies in escrow, lane by lane', () => {
    const parties = ['operator', developer, provider];
    const lines = fc.array(
      fc.record({
        partyId: fc.constantFrom(...parties),
        role: fc.constantFrom(...roles),
        tokens: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        lines,
        fc.array(fc.nat(4), { maxLength: 6 }),
        fc.infiniteStream(fc.nat(100)),
        (lines, lanes, parts) => {
          const earned = sum(lines.map(({ tokens }) => tokens));
          const escrow: Record<number, bigint> = {};
          let left = earned;
          for (const lane of lanes) {
            const part = (left * BigInt(parts.next().value)) / 100n;
            if (part > 0n) escrow[lane] = (escrow[lane] ?? 0n) + part;
            left -= part;
          }
          if (left > 0n) escrow[9] = left;
          const statements = made(lines, escrow);
          for (const { partyId, tokens, payFrom } of statements) {
            expect(tokens).toBe(sum(lines.filter((line) => line.partyId === partyId).map((line) => line.tokens)));
            expect(sum(payFrom.map((part) => part.tokens))).toBe(tokens);
          }
          for (const [lane, held] of Object.entries(escrow)) {
            const taken = statements
              .flatMap(({ payFrom }) => payFrom)
              .filter((part) => part.walletLane === Number(lane));
            expect(sum(taken.map(({ tokens }) => tokens))).toBe(held);
          }
        },
      ),
    );
  });
});
