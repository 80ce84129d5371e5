import type { ChargedUse, Correction, RatedUse, RefundedUse, RefusedUse } from '@tokengrid/contracts';
import { same } from '@tokengrid/simulation-kit';
import type { Purpose } from '../model/lots.ts';
import { signedMicrosOf } from './units.ts';

/** What metering said of a use: its rating, or a correction. */
export type Said = RatedUse | Correction;

/** What the wallet said of a use. */
type Answered = ChargedUse | RefusedUse | RefundedUse;

/** Part of a waiting use by which another one of its period lowered it. */
export interface Lowered {
  /** Below zero, as the shares. */
  readonly tokens: bigint;
  readonly shares: Said['shares'];
}

/** What is to be paid for a use: as it was rated or corrected, together with what waited of it. */
export class DueUse {
  /** @param parts the oldest first */
  constructor(
    private readonly parts: readonly Said[],
    private readonly lowered: readonly Lowered[] = [],
  ) {}

  /** Below zero: to be given back. */
  get tokens(): bigint {
    return sumOf(this.parts) + this.lowering;
  }

  /** What others of its period have lowered it by: below zero. */
  get lowering(): bigint {
    return sumOf(this.lowered);
  }

  /** By role and party. */
  get shares(): ReadonlyMap<string, bigint> {
    return sharesBy([...this.parts, ...this.lowered]);
  }

  /** Name of the period of a subscription in which the use counts. */
  get period(): string | undefined {
    const { counted } = this.last;
    return counted && `${counted.subscriptionId} ${counted.from}`;
  }

  /** True if it gives back of its period. */
  get givesBackOfPeriod(): boolean {
    return this.tokens < 0n && this.period !== undefined;
  }

  /** The last part, which names the charge. */
  get last(): Said {
    return this.parts.at(-1)!;
  }

  get purpose(): Purpose {
    const { app, model } = this.last;
    return { app, model };
  }

  /** Number of the last correction among them. */
  get number(): number | undefined {
    return 'number' in this.last ? this.last.number : undefined;
  }

  and(more: Said): DueUse {
    return new DueUse([...this.parts, more], this.lowered);
  }

  less(lowered: Lowered): DueUse {
    return new DueUse(this.parts, [...this.lowered, lowered]);
  }

  /** @throws Violation unless the wallet says the same of the use */
  compare(what: string, said: Answered): void {
    this.compareUse(what, said, this.lowering);
    same(() => `the shares of ${what}`, listed(sharesBy([said])), listed(this.shares));
    if (this.parts.length > 1 || this.lowered.length > 0) return;
    same(() => `the lines of ${what} one by one`, said.lines.map(inOrder), this.last.lines.map(inOrder));
  }

  /**
   * @param setOff tokens of a line that says what is set off
   * @throws Violation unless the wallet says the same of the use, but for its shares
   */
  compareUse(what: string, said: Answered, setOff: bigint): void {
    same(() => `the terms of ${what}`, termsOf(said), termsOf(this.last));
    same(() => `the correction of ${what}`, said.number, this.number);
    same(
      () => `the units of ${what}`,
      signedMicrosOf(said.units),
      signedMicrosOf(summed(this.parts.flatMap(({ units }) => Object.entries(units)))),
    );
    const lines = this.parts.flatMap((part) => part.lines);
    same(() => `the lines of ${what}`, linesOf(said.lines), linesOf([...lines, { kind: 'set-off', tokens: setOff }]));
  }
}

/** What of a use is said again, so that a receipt states it by itself. */
const termsOf = (use: Said | Answered) => ({
  ...{ usageId: use.usageId, chargeId: use.chargeId, source: use.source, eventId: use.eventId, time: use.time },
  ...{ app: use.app, model: use.model, offer: use.offer, key: use.key, plan: use.plan },
  ...{ priceVersion: use.priceVersion, operatorBps: use.operatorBps },
});

/** Sums of units by meter, in millionths of them. */
function summed(units: readonly (readonly [meter: string, amount: string])[]): Readonly<Record<string, string>> {
  const byMeter = Map.groupBy(units, ([meter]) => meter);
  return Object.fromEntries(
    Array.from(byMeter, ([meter, of]) => [meter, decimalSumOf(of.map(([, amount]) => amount))]),
  );
}

const micro = 1_000_000n;

function decimalSumOf(amounts: readonly string[]): string {
  const sum = amounts.reduce((all, amount) => {
    const [whole = '', part = ''] = amount.replace('-', '').split('.');
    const micros = BigInt(whole + part.padEnd(6, '0'));
    return amount.startsWith('-') ? all - micros : all + micros;
  }, 0n);
  const size = sum < 0n ? -sum : sum;
  return `${sum < 0n ? '-' : ''}${size / micro}.${String(size % micro).padStart(6, '0')}`;
}

/** Sums by role and party. */
export const sharesBy = (all: readonly { readonly shares: Said['shares'] }[]): ReadonlyMap<string, bigint> =>
  sumsBy(
    all.flatMap(({ shares }) => shares),
    ({ role, partyId }) => `${role} ${partyId}`,
  );

type Line = Answered['lines'][number] | { readonly kind: 'set-off'; readonly tokens: bigint };

function linesOf(lines: readonly Line[]): readonly string[] {
  const nameOf = (line: Line) =>
    'unitPrice' in line
      ? `${line.of} ${line.meter} ${line.unitPrice}`
      : line.kind === 'set-off'
        ? line.kind
        : `${line.of} ${line.kind}`;
  return listed(sumsBy(lines, nameOf));
}

function sumsBy<Item extends { readonly tokens: bigint }>(items: readonly Item[], nameOf: (item: Item) => string) {
  return new Map(Array.from(Map.groupBy(items, nameOf), ([name, of]) => [name, sumOf(of)] as const));
}

/** Sums other than zero, by name. */
export const listed = (sums: ReadonlyMap<string, bigint>): readonly string[] =>
  [...sums]
    .filter(([, tokens]) => tokens !== 0n)
    .map(([name, tokens]) => `${name} ${tokens}`)
    .sort();

const inOrder = (line: object) => Object.entries(line).sort(([one], [other]) => (one < other ? -1 : 1));

const sumOf = (items: readonly { readonly tokens: bigint }[]): bigint =>
  items.reduce((sum, { tokens }) => sum + tokens, 0n);
