import {
  type Correction,
  decimalOf,
  derivedId,
  movesTokens,
  operatorPartyId,
  type RatedLine,
  type RatedUse,
  scaled,
  type SignedShare,
  type Units,
} from '@tokengrid/contracts';
import { type Rating } from './rating.ts';
import type { Use } from '../state/payer.ts';

/** Price and shares of a use after its corrections. */
export interface Priced {
  readonly units: Units;
  readonly tokens: bigint;
  readonly lines: readonly RatedLine[];
  readonly shares: readonly SignedShare[];
  readonly costs: readonly RatedLine[];
  readonly subsidy: bigint;
}

/** A rated use, as its last correction left it. */
export interface UseNow {
  readonly use: RatedUse;
  readonly priced: Priced;
  /** Number of its last correction; 0: of none. */
  readonly number: number;
  /** Number of the last correction that moved tokens; 0: of none. */
  readonly movedBy: number;
  /** Number of the last correction that changed a subsidy which was there; 0: of none. */
  readonly subsidyBy: number;
  readonly voided: boolean;
}

/** A use after its corrections, which are in order. */
export function useNow(use: RatedUse, corrections: readonly Correction[]): UseNow {
  const { units, tokens, lines, shares, costs = [], subsidy } = use;
  const rated: Priced = { units, tokens, lines, shares, costs, subsidy: subsidy?.tokens ?? 0n };
  const start: UseNow = { use, priced: rated, number: 0, movedBy: 0, subsidyBy: 0, voided: false };
  return corrections.reduce<UseNow>(
    (now, correction) => ({
      use,
      priced: plus(now.priced, correction),
      number: correction.number,
      movedBy: movesTokens(correction) ? correction.number : now.movedBy,
      subsidyBy: changesSubsidy(now, correction) ? correction.number : now.subsidyBy,
      voided: correction.replacement === undefined,
    }),
    start,
  );
}

/** True for a change of a subsidy; the correction by which it is owed first begins it. */
function changesSubsidy({ use, subsidyBy }: UseNow, { subsidy }: Correction): boolean {
  if (!subsidy || subsidy.tokens === 0n) return false;
  return use.subsidy !== undefined || subsidyBy > 0 || subsidy.was > 0n;
}

function plus(before: Priced, { replacement = {}, tokens, lines, shares, costs = [], subsidy }: Correction): Priced {
  return {
    units: replacement,
    tokens: before.tokens + tokens,
    lines: summedLines([...before.lines, ...lines]),
    shares: summedShares([...before.shares, ...shares]),
    costs: summedLines([...before.costs, ...costs]),
    subsidy: before.subsidy + (subsidy?.tokens ?? 0n),
  };
}

/** Price of a void use. */
export const nothingPriced: Priced = { units: {}, tokens: 0n, lines: [], shares: [], costs: [], subsidy: 0n };

/** A rating as a price. */
export const pricedBy = (units: Units, { tokens, lines, shares, costs = [], subsidy }: Rating): Priced => ({
  ...{ units, tokens, lines, shares, costs, subsidy: subsidy?.tokens ?? 0n },
});

/** Author and reason of a correction. */
export interface CorrectedBy {
  readonly correctedBy: string;
  readonly reason: string;
}

/** The correction that makes a use cost something else: its differences, on the use's own terms. */
export function correctionTo(
  { use, priced, number: last, movedBy: after, subsidyBy }: UseNow,
  next: Priced,
  by: CorrectedBy & { readonly replacement: Units | undefined },
): Correction {
  const number = last + 1;
  // A correction is charged to available tokens: the slice of the use may be closed.
  const { costs: _, subsidy: __, counted: ___, slice: ____, trial: _____, subsidyOf, ...of } = use;
  const costs = differences(next.costs, priced.costs);
  const developer = use.subsidy?.partyId ?? use.shares.find(({ role }) => role === 'developer')?.partyId;
  const subsidised = priced.subsidy !== 0n || next.subsidy !== 0n;
  const { replacement, ...said } = by;
  return {
    ...of,
    units: unitsBetween(priced.units, next.units),
    chargeId: derivedId('chg', use.usageId, String(number)),
    ...{ number, after, ...said, ...(replacement && { replacement }) },
    was: priced.tokens,
    tokens: next.tokens - priced.tokens,
    lines: differences(next.lines, priced.lines),
    shares: sharesBetween(priced.shares, next.shares),
    ...(costs.length > 0 && { costs: costs as Correction['costs'] }),
    ...(subsidised &&
      developer !== undefined && {
        subsidy: { partyId: developer, was: priced.subsidy, after: subsidyBy, tokens: next.subsidy - priced.subsidy },
      }),
    ...(subsidyOf !== undefined && { subsidyOf }),
  };
}

/** True for equal units, however they are written. */
export function sameUnits(some: Units, others: Units): boolean {
  return Object.keys(unitsBetween(some, others)).length === 0 && meters(some) === meters(others);
}

const meters = (units: Units): string => Object.keys(units).sort().join();

function unitsBetween(before: Units, next: Units): Record<string, string> {
  const counts = new Map<string, bigint>();
  for (const [meter, count] of Object.entries(next)) counts.set(meter, scaled(count));
  for (const [meter, count] of Object.entries(before)) counts.set(meter, (counts.get(meter) ?? 0n) - scaled(count));
  return Object.fromEntries([...counts].filter(([, count]) => count !== 0n).map(([meter, n]) => [meter, decimalOf(n)]));
}

const keyOf = ({ tokens: _, ...line }: RatedLine): string =>
  'units' in line ? JSON.stringify([line.of, line.meter, line.unitPrice]) : JSON.stringify(line);

/** Lines with one of a kind each; those that come to nothing are left out. */
export function summedLines(lines: readonly RatedLine[]): RatedLine[] {
  const sums = new Map<string, RatedLine>();
  for (const line of lines) {
    const key = keyOf(line);
    const before = sums.get(key);
    sums.set(key, before ? added(before, line) : line);
  }
  return [...sums.values()].filter((line) => line.tokens !== 0n || ('units' in line && line.units !== '0'));
}

function added(before: RatedLine, line: RatedLine): RatedLine {
  const tokens = before.tokens + line.tokens;
  if (!('units' in before) || !('units' in line)) return { ...line, tokens };
  return { ...line, units: decimalOf(scaled(before.units) + scaled(line.units)), tokens };
}

const negative = (line: RatedLine): RatedLine =>
  'units' in line
    ? { ...line, units: decimalOf(-scaled(line.units)), tokens: -line.tokens }
    : { ...line, tokens: -line.tokens };

const differences = (next: readonly RatedLine[], before: readonly RatedLine[]): RatedLine[] =>
  summedLines([...next, ...before.map(negative)]);

function summedShares(shares: readonly SignedShare[]): SignedShare[] {
  const sums = new Map<string, SignedShare>();
  for (const share of shares) {
    const key = `${share.role} ${share.partyId}`;
    sums.set(key, { ...share, tokens: (sums.get(key)?.tokens ?? 0n) + share.tokens });
  }
  return [...sums.values()];
}

function sharesBetween(before: readonly SignedShare[], next: readonly SignedShare[]): SignedShare[] {
  return summedShares([...before.map((share) => ({ ...share, tokens: -share.tokens })), ...next]);
}

/** A use of metering's own: what it states of other uses, and no report can take. */
export const ownUse = (source: string, of: string, more: Pick<Use, 'time' | 'app' | 'model' | 'offer'>) => ({
  ...{ usageId: derivedId('usg', source, of), source, eventId: of, reportedBy: operatorPartyId, ...more, units: {} },
});
