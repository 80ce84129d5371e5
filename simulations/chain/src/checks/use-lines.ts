import type { RatedLine, RatedUse } from '@tokengrid/contracts';
import { ensure, same } from '@tokengrid/simulation-kit';
import { Fraction } from '../model/fraction.ts';
import type { Cost, PeriodCost } from '../model/rating.ts';

type PeriodLine = Extract<RatedLine, { readonly kind: 'period' }>;
type BoundLine = Extract<RatedLine, { readonly kind: 'minimum' | 'maximum' }>;
type UseLine = Exclude<RatedLine, PeriodLine | BoundLine>;

/** Whether the use alone determines a line. */
export const isUseLine = (line: RatedLine): line is UseLine => line.kind === undefined || line.kind === 'use';
const isPeriodLine = (line: RatedLine): line is PeriodLine => line.kind === 'period';

/** @throws Violation unless lines that one use determines are what the model makes of them */
export function compareUseLines(what: string, lines: readonly UseLine[], meant: Cost | undefined): void {
  const exact = meant?.exact ?? new Map<string, Fraction>();
  const unusual = lines.filter((line) => line.of !== meant?.of || !exact.get(line.meter)?.isNear(line.tokens));
  ensure(unusual.length === 0, () => `${what} are wrong for ${unusual.map(({ meter }) => meter).join(', ')}`);
  same(() => `the meters of ${what}`, lines.map(({ meter }) => meter).sort(), [...exact.keys()].sort());
  const sum = [...exact.values()].reduce((all, each) => all.plus(each), Fraction.zero);
  same(() => `the sum of ${what}`, sumOf(lines), sum.nearest);
}

/** @throws Violation unless a use counts in its subscription's period as the model counts it */
export function comparePeriod(name: string, { lines, counted }: RatedUse, meant: PeriodCost | undefined): void {
  const ofPeriod = lines.filter(isPeriodLine);
  const bounds = lines.filter((line): line is BoundLine => !isUseLine(line) && !isPeriodLine(line));
  const { subscriptionId, from, until } = meant ?? {};
  same(
    () => `the period of ${name}`,
    counted && [counted.subscriptionId, Date.parse(counted.from), Date.parse(counted.until)],
    meant && [subscriptionId, from, until],
  );
  const costs = new Map(meant?.lines.map((line) => [line.meter, line]));
  const wrong = ofPeriod.filter(({ meter, before, after, tokens }) => {
    const line = costs.get(meter);
    const isSame = line?.before.equals(Fraction.ofDecimal(before)) && line.after.equals(Fraction.ofDecimal(after));
    return !isSame || line?.tokens !== tokens;
  });
  ensure(wrong.length === 0, () => `${name} miscounts ${wrong.map(({ meter }) => meter).join(', ')}`);
  const stated = new Set(ofPeriod.map(({ meter }) => meter));
  same(() => `the number of lines of the period of ${name}`, stated.size, ofPeriod.length);
  const left = [...costs.values()].filter(({ meter, tokens }) => tokens !== 0n && !stated.has(meter));
  ensure(left.length === 0, () => `${name} does not count ${left.map(({ meter }) => meter).join(', ')}`);
  same(() => `the lines of minimum and maximum of ${name}`, sumOf(bounds), meant?.bounds ?? 0n);
}

const sumOf = (lines: readonly { readonly tokens: bigint }[]): bigint =>
  lines.reduce((sum, { tokens }) => sum + tokens, 0n);
