import {
  type Correction,
  type CorrectionRefused,
  type CorrectionRepeated,
  type EventOf,
  operatorPartyId,
} from '@tokengrid/contracts';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import { CorrectedUse } from '../model/corrections.ts';
import type { CountedUses } from '../model/counted-uses.ts';
import { dayIn } from '../model/days.ts';
import { rateBy, type Rated, type Use, type UseTerms } from '../model/rating.ts';
import { signedMicrosOf } from './units.ts';

/** What a developer owes, or gets back, for a corrected use. */
interface SubsidyChange {
  readonly number: number;
  readonly partyId: string;
  readonly tokens: bigint;
}

/** What metering says of corrections, beside what the model makes of them. */
export class CorrectedUses {
  /** By id. */
  private readonly uses = new Map<string, CorrectedUse>();
  /** What was asked for: a use's name, and its units from then on. */
  private readonly asked = new Set<string>();
  /** By the subsidised use: changes of subsidies that are not stated yet. */
  private readonly subsidies = new Map<string, SubsidyChange[]>();
  /** Number of the last correction of a use that moved tokens. */
  private readonly movedBy = new Map<string, number>();
  /** Days whose closing has begun. */
  readonly closing = new Set<string>();

  constructor(
    private readonly counted: CountedUses,
    private readonly zone: string,
  ) {}

  /** Somebody is about to ask for a correction. */
  asks(name: string, units: Use['units'] | undefined): void {
    this.asked.add(askOf(name, units));
  }

  rated(use: Use, terms: UseTerms, meant: Rated): void {
    this.uses.set(use.usageId!, new CorrectedUse(use, terms, meant));
  }

  /** Whether a use was free, and its void makes its period cheaper: no wallet knows such a use. */
  wouldGiveBack(usageId: string): boolean {
    return this.uses.get(usageId)?.wouldGiveBack(this.counted) === true;
  }

  wasAsked(name: string, units: Use['units'] | undefined, time: number, by: string): void {
    ensure(this.asked.has(askOf(name, units)), () => `${name} is corrected without a request`);
    const mayBe = by === operatorPartyId || !this.closing.has(dayIn(this.zone, time));
    ensure(mayBe, () => `${by} corrects ${name}, whose day is closing`);
  }

  /** @throws Violation unless a correction is the difference that the model makes of it */
  see(name: string, correction: Correction): void {
    const { usageId, number, after, was, replacement, tokens, subsidy } = correction;
    const use = this.find(usageId);
    const [before, units] = [use.now, use.unitsNow];
    ensure(!use.isVoid, () => `${name} is corrected, though it is void`);
    this.wasAsked(name, replacement, use.use.time, correction.correctedBy);
    const stated = [number, after, was];
    same(() => `the place and cost of ${name} before its correction`, stated, [
      use.number + 1,
      this.movedBy.get(usageId) ?? 0,
      before.tokens,
    ]);
    const meant = use.correct(replacement, this.counted);
    if (tokens !== 0n || meant.earners.length > 0) this.movedBy.set(usageId, number);
    same(() => `the correction ${number} of ${name}`, tokens, meant.tokens);
    const earners = (all: readonly { role: string; partyId: string; tokens: bigint }[]) =>
      all
        .filter((each) => each.tokens !== 0n)
        .map((each) => `${each.role} ${each.partyId} ${each.tokens}`)
        .sort();
    same(() => `the earners of correction ${number} of ${name}`, earners(correction.shares), earners(meant.earners));
    same(() => `the lines of correction ${number} of ${name}`, sumOf(correction.lines), tokens);
    same(() => `the subsidy of correction ${number} of ${name}`, subsidy?.tokens ?? 0n, meant.subsidy);
    same(() => `the subsidy of ${name} before`, subsidy?.was ?? before.subsidy, before.subsidy);
    same(
      () => `the units of correction ${number} of ${name}`,
      signedMicrosOf(correction.units),
      differenceOf(units, replacement),
    );
    if (meant.subsidy === 0n) return;
    const change = { number, partyId: subsidy!.partyId, tokens: meant.subsidy };
    this.subsidies.set(usageId, [...(this.subsidies.get(usageId) ?? []), change]);
  }

  /**
   * A developer's subsidy follows a correction.
   * @throws Violation unless one did, with its amount
   */
  seeSubsidy(subsidyOf: string, partyId: string, tokens: bigint, number?: number): void {
    const changes = this.subsidies.get(subsidyOf) ?? [];
    const change = changes.find((each) => number === undefined || each.number === number);
    same(() => `the subsidy of the corrected ${subsidyOf}`, [partyId, tokens], [change?.partyId, change?.tokens]);
    this.subsidies.set(
      subsidyOf,
      changes.filter((each) => each !== change),
    );
  }

  /** @throws Violation where the model would have corrected */
  seeRefused(name: string, { usageId, code, correctedBy }: EventOf<typeof CorrectionRefused>['data'], isVoid: boolean) {
    const use = this.uses.get(usageId);
    const closes = (time: number) => correctedBy !== operatorPartyId && this.closing.has(dayIn(this.zone, time));
    const may =
      (code === 'METERING.USE_VOIDED' && (isVoid || use?.isVoid)) ||
      (code === 'METERING.DAY_CLOSED' && (!use || closes(use.use.time))) ||
      (code === 'METERING.NOT_COUNTABLE' && use?.terms.app?.period) ||
      (code === 'METERING.UNITS_NOT_PRICED' && use?.use.app === undefined);
    ensure(Boolean(may), () => `a correction of ${name} is refused as ${code}`);
  }

  /** @throws Violation where something would have changed */
  seeRepeated(name: string, { usageId, was, number, replacement }: EventOf<typeof CorrectionRepeated>['data']): void {
    const use = this.uses.get(usageId);
    if (!use) return;
    same(() => `the present cost of ${name}`, [was, number], [use.now.tokens, use.number]);
    same(
      () => `the units of ${name}`,
      replacement && signedMicrosOf(replacement),
      use.unitsNow && signedMicrosOf(use.unitsNow),
    );
  }

  /** What all uses cost by now. */
  get total(): bigint {
    return [...this.uses.values()].reduce((sum, { now }) => sum + now.tokens, 0n);
  }

  /** All uses that are not void, with the units that they have by now. */
  get asTheyAre(): readonly Use[] {
    return [...this.uses.values()].flatMap(({ use, unitsNow }) => (unitsNow ? [{ ...use, units: unitsNow }] : []));
  }

  private find(usageId: string): CorrectedUse {
    const use = this.uses.get(usageId);
    if (!use) throw new Violation(`${usageId} is corrected, and was not rated`);
    return use;
  }

  /**
   * @throws Violation where a use does not come to what it would have cost, had it been reported
   * like that at once
   */
  finish(): void {
    for (const [usageId, changes] of this.subsidies) {
      ensure(changes.length === 0, () => `a subsidy of ${usageId} does not follow its correction`);
    }
    for (const [usageId, use] of this.uses) {
      const units = use.unitsNow;
      if (use.terms.app?.period || units === undefined) continue;
      const { tokens } = rateBy(use.terms, { ...use.use, units }, this.counted);
      same(() => `the cost of ${usageId} after its corrections`, use.now.tokens, tokens);
    }
  }
}

const askOf = (name: string, units: Use['units'] | undefined): string =>
  `${name} ${units ? signedMicrosOf(units) : 'void'}`;

function differenceOf(before: Use['units'] = {}, after: Use['units'] = {}): string {
  return signedMicrosOf(after, before);
}

const sumOf = (lines: readonly { readonly tokens: bigint }[]): bigint =>
  lines.reduce((sum, { tokens }) => sum + tokens, 0n);
