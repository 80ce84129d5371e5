import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { developer, provider } from '../examples.fixture.ts';
import { type Statement, statementIdOf, statementsOf } from './statements.ts';
import { noTotals, type Totals, withLane } from '../state/totals.ts';

const period = '2026-01-01';
const other = 'org_00000000000000000000000009';
type Lines = Record<string, bigint>;

const roleOf = (partyId: string) =>
  partyId === 'operator' ? 'operator' : partyId === provider ? 'provider' : 'developer';
const totals = (lines: Lines, escrow: Record<number, bigint>): Totals =>
  withLane(noTotals, {
    uses: 1,
    earned: Object.entries(lines).map(([partyId, tokens]) => ({ partyId, role: roleOf(partyId), tokens, uses: 1 })),
    escrow: Object.entries(escrow).map(([lane, tokens]) => ({ walletLane: Number(lane), tokens })),
  });
const made = (lines: Lines, escrow: Record<number, bigint>, carries: Lines = {}) =>
  statementsOf({ period, timeZone: 'UTC' }, totals(lines, escrow), new Map(Object.entries(carries)));
const sum = (numbers: Iterable<bigint>) => [...numbers].reduce((a, b) => a + b, 0n);
const inBrief = (statements: Statement[]) =>
  Object.fromEntries(
    statements.map(({ partyId, carriedIn, tokens, carriedOut }) => [partyId, [carriedIn, tokens, carriedOut]]),
  );

describe('statements', () => {
  it('pay each party what it earned, by party id, out of few wallet lanes each', () => {
    const statements = made({ operator: 10n, [developer]: 30n, [provider]: 60n }, { 5: 70n, 1: 30n });
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

  it('let a developer that owes carry it on, and the operator advance it', () => {
    expect(inBrief(made({ operator: 50n, [developer]: -30n, [provider]: 80n }, { 0: 100n }))).toEqual({
      operator: [0n, 20n, 30n],
      [developer]: [0n, 0n, -30n],
      [provider]: [0n, 80n, 0n],
    });
  });

  it('pay the operator back as soon as the developer earns again', () => {
    const carries = { operator: 30n, [developer]: -30n };
    expect(inBrief(made({ operator: 10n, [developer]: 90n }, { 0: 100n }, carries))).toEqual({
      operator: [30n, 40n, 0n],
      [developer]: [-30n, 60n, 0n],
    });
  });

  it('split by largest remainder what does not suffice for all, and carry on what is still owed', () => {
    expect(inBrief(made({ operator: 0n, [developer]: -50n, [provider]: 40n, [other]: 20n }, { 0: 10n }))).toEqual({
      operator: [0n, 0n, 0n],
      [developer]: [0n, 0n, -50n],
      [provider]: [0n, 7n, 33n],
      [other]: [0n, 3n, 17n],
    });
  });

  it('pay what is owed from before to a party that earned nothing now', () => {
    const carries = { operator: 20n, [developer]: -50n, [provider]: 30n };
    expect(inBrief(made({ operator: 100n }, { 0: 100n }, carries))).toEqual({
      operator: [20n, 70n, 50n],
      [provider]: [30n, 30n, 0n],
    });
  });

  it('are none where nobody earned and nothing can be paid', () => {
    expect(made({}, {}, { operator: 30n, [developer]: -30n })).toEqual([]);
  });

  it('always pay exactly what lies in escrow, lane by lane, and leave carries that sum to zero, period after period', () => {
    const parties = ['operator', developer, provider, other];
    const lanes = fc.dictionary(fc.constantFrom('0', '1', '4'), fc.bigInt({ min: 1n, max: 10n ** 12n }));
    const earned = fc.tuple(...parties.slice(1).map(() => fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n })));
    fc.assert(
      fc.property(fc.array(fc.tuple(lanes, earned), { maxLength: 8 }), (periods) => {
        let carries = new Map<string, bigint>();
        for (const [escrow, amounts] of periods) {
          const held = sum(Object.values(escrow));
          const others = parties.slice(1).map((partyId, index) => [partyId, amounts[index]!] as const);
          const lines = Object.fromEntries([...others, ['operator', held - sum(amounts)]]);
          const statements = statementsOf({ period, timeZone: 'UTC' }, totals(lines, escrow), carries);
          expect(sum(statements.map(({ tokens }) => tokens))).toBe(held);
          for (const lane of Object.keys(escrow)) {
            const parts = statements
              .flatMap(({ payFrom }) => payFrom)
              .filter(({ walletLane }) => walletLane === Number(lane));
            expect(sum(parts.map(({ tokens }) => tokens))).toBe(escrow[lane]);
          }
          carries = new Map(carries);
          for (const { partyId, lines, carriedIn, carriedOut, tokens, payFrom } of statements) {
            expect(tokens >= 0n && carriedIn === (carries.get(partyId) ?? 0n)).toBe(true);
            expect(sum(lines.map((line) => line.tokens)) + carriedIn).toBe(tokens + carriedOut);
            expect(sum(payFrom.map((part) => part.tokens))).toBe(tokens);
            carries.set(partyId, carriedOut);
          }
          expect(sum(carries.values())).toBe(0n);
        }
      }),
    );
  });
});
