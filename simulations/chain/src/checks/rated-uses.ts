import type { Correction, EventOf, MeteringEvent, ParkedUse, ParkedUseCorrected, RatedUse } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { operatorPartyId } from '@tokengrid/contracts';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import { microsOf } from '../model/earnings.ts';
import { restOf } from '../model/closings.ts';
import type { Facts } from '../model/facts.ts';
import { CountedUses } from '../model/counted-uses.ts';
import { asCounted, rate, type Rated, termsOf, type Use, type UseTerms } from '../model/rating.ts';
import { Advances, advanceSource } from './advances.ts';
import { ClosedPeriods, periodSource } from './closed-periods.ts';
import { CorrectedUses } from './corrected-uses.ts';
import { Fees, feeSource } from './fees.ts';
import { ForgottenPeriods } from './forgotten-periods.ts';
import { comparePeriod, compareUseLines, isUseLine } from './use-lines.ts';

/** Days for which repeats are told; older uses are rejected. */
const windowDays = 35;
const dayMs = 86_400_000;

/** Whether a use is too old to be reported at a time, but by the operator. */
const isTooOld = (use: Pick<Use, 'time'>, now: number): boolean => use.time < now - windowDays * dayMs;

/** Source of the uses by which developers pay what their apps sell below cost. */
const subsidySource = 'tokengrid:subsidy';

type Reported = Pick<
  RatedUse | ParkedUse,
  'reportedBy' | 'source' | 'eventId' | 'time' | 'app' | 'model' | 'offer' | 'key' | 'units'
>;

/** A repeat has the same name as what it repeats. */
export const nameOf = ({ reporterId, source, id }: Pick<Use, 'reporterId' | 'source' | 'id'>): string =>
  JSON.stringify([reporterId, source, id]);
const nameOfReported = ({ reportedBy, source, eventId }: Reported): string =>
  nameOf({ reporterId: reportedBy, source, id: eventId });

/** What metering says of uses, beside what was reported and what the model makes of it. */
export class RatedUses {
  /** Uses that were reported under a name, in any of their repeats. */
  private readonly reported = new Map<string, Use[]>();
  /** Time at which a use was sent first. */
  private readonly sentAt = new Map<string, number>();
  private readonly answered = new Set<string>();
  private readonly parked = new Set<string>();
  /** By name. */
  private readonly rated = new Map<string, RatedUse>();
  private readonly names = new Map<string, string>();
  private readonly byId = new Map<string, RatedUse>();
  private readonly chargeIds = new Set<string>();
  /** What counts in periods of subscriptions. */
  private readonly counted = new CountedUses();
  /** Ids of uses whose subsidy is not stated yet. */
  private readonly subsidies = new Set<string>();
  readonly corrected: CorrectedUses;
  private readonly closed: ClosedPeriods;
  readonly advances = new Advances();
  readonly fees = new Fees();
  readonly forgotten: ForgottenPeriods;
  /** Uses that were void before they were rated. */
  private readonly voided = new Set<string>();
  /** By name, units of uses that were replaced before they were rated. */
  private readonly replaced = new Map<string, string>();
  /** Uses in free days: what a history has reached. */
  trials = 0;

  /** @param heard what metering has heard so far */
  constructor(
    private readonly heard: Facts,
    private readonly clock: { readonly now: () => number },
    zone: string,
    latenessMs: number,
  ) {
    this.closed = new ClosedPeriods(heard, this.counted, latenessMs);
    this.corrected = new CorrectedUses(this.counted, zone);
    this.forgotten = new ForgottenPeriods(heard);
  }

  /** A use is about to be reported. */
  sends(use: Use): void {
    const name = nameOf(use);
    this.reported.set(name, [...(this.reported.get(name) ?? []), use]);
    if (!this.sentAt.has(name)) this.sentAt.set(name, this.clock.now());
  }

  /** A use was taken: it may not be lost. */
  took(use: Use): void {
    this.answered.add(nameOf(use));
  }

  isRated(use: Use): boolean {
    return this.rated.has(nameOf(use));
  }

  /** True for a rated use that counts over a period. */
  isCounted(use: Use): boolean {
    return this.rated.get(nameOf(use))?.counted !== undefined;
  }

  /** True for a use that was free, and whose void makes its period cheaper. */
  wouldGiveBack(use: Use): boolean {
    const rated = this.rated.get(nameOf(use));
    return rated?.tokens === 0n && this.corrected.wouldGiveBack(rated.usageId);
  }

  /** Whole units by meter that a use's plan still has free in its period, of meters that add up. */
  freeUnits(use: Use): readonly (readonly [meter: string, left: number])[] {
    const terms = termsOf(this.heard, use);
    const app = 'waits' in terms || terms.app?.isTrial ? undefined : terms.app;
    if (!app?.period) return [];
    const { uses } = this.counted.in(app.period.subscriptionId, app.period.from);
    const { plan, aggregations } = app.terms;
    return plan.prices.flatMap(({ meter, model, includedUnits = '0' }) => {
      if (model === 'package' || (aggregations[meter] ?? 'sum') !== 'sum') return [];
      const used = uses.reduce((sum, { units }) => sum + Number(units[meter] ?? 0), 0);
      const left = Math.floor(Number(includedUnits) - used);
      return left > 0 ? [[meter, left] as const] : [];
    });
  }

  isTaken(use: Use): boolean {
    const name = nameOf(use);
    return this.rated.has(name) || this.parked.has(name) || this.voided.has(name);
  }

  /** How many uses were rated, and wait. */
  get counts(): { readonly rated: number; readonly parked: number } {
    return { rated: this.rated.size, parked: this.parked.size };
  }

  use(usageId: string): RatedUse | undefined {
    return this.byId.get(usageId);
  }

  /** @throws Violation */
  see(event: Recorded<MeteringEvent>): void {
    if (!('partyId' in event.data) || !event.streamId.startsWith('usage-')) return;
    const { partyId } = event.data;
    same(() => `the stream of ${event.id}`, event.streamId, `usage-${partyId}`);
    if (event.type === 'UsageParked') for (const use of event.data.uses) this.seeParked(partyId, use);
    if (event.type === 'UsageRated') for (const use of event.data.uses) this.seeRated(partyId, use);
    if (event.type === 'UsageCorrected') for (const each of event.data.corrections) this.seeCorrected(partyId, each);
    if (event.type === 'ParkedUseCorrected') this.seeParkedCorrected(event.data);
    const nameOfAsked = (usageId: string) => this.names.get(usageId) ?? usageId;
    if (event.type === 'CorrectionRepeated') {
      this.corrected.seeRepeated(nameOfAsked(event.data.usageId), event.data);
    } else if (event.type === 'CorrectionRefused') {
      const name = nameOfAsked(event.data.usageId);
      this.corrected.seeRefused(name, event.data, this.voided.has(name));
    }
  }

  private seeCorrected(payerId: string, correction: Correction): void {
    const { usageId, source, subsidyOf, number, tokens, chargeId, priceVersion } = correction;
    ensure(!this.chargeIds.has(chargeId), () => `two uses are charged as ${chargeId}`);
    this.chargeIds.add(chargeId);
    ensure(this.byId.has(usageId), () => `${usageId} is corrected before it is rated`);
    same(
      () => `the sum of the shares of a correction of ${usageId}`,
      sumOf(correction.shares.map((share) => share.tokens)),
      tokens,
    );
    if (source === subsidySource) return this.corrected.seeSubsidy(subsidyOf!, payerId, tokens, number);
    const name = nameOfReported(correction);
    same(() => `the prices of a correction of ${name}`, priceVersion, this.byId.get(usageId)?.priceVersion);
    this.corrected.see(name, correction);
  }

  private seeParkedCorrected({ partyId, use, voided, correctedBy }: EventOf<typeof ParkedUseCorrected>['data']): void {
    const name = nameOfReported(use);
    ensure(this.parked.has(name), () => `${name} is corrected as if it were parked`);
    const before = this.reported.get(name)!.find((each) => isOf({ ...each, units: use.units }, partyId, use));
    if (!before) throw new Violation(`${name} was not reported with these contents`);
    this.corrected.wasAsked(name, voided ? undefined : use.units, before.time, correctedBy);
    if (voided) {
      this.parked.delete(name);
      this.voided.add(name);
    } else {
      this.reported.get(name)!.push({ ...before, units: use.units });
      this.replaced.set(name, unitsOf(use.units));
    }
  }

  private seeParked(payerId: string, use: ParkedUse): void {
    const name = nameOfReported(use);
    const reported = this.reportedAs(payerId, use);
    ensure(!this.rated.has(name), () => `${name} is parked after it was rated`);
    this.mayBe(name, reported);
    const waits = 'waits' in rate(this.heard, reported) || this.forgotten.has(reported);
    ensure(waits, () => `${name} is parked for ${use.waitsFor}, though nothing is missing`);
    this.names.set(use.usageId, name);
    this.parked.add(name);
  }

  private seeRated(payerId: string, use: RatedUse): void {
    const name = nameOfReported(use);
    ensure(!this.rated.has(name), () => `${name} is rated twice`);
    ensure(!this.voided.has(name), () => `${name} is rated, though it is void`);
    const known = this.names.get(use.usageId);
    ensure(known === undefined || known === name, () => `${use.usageId} is ${known}, and ${name}`);
    ensure(!this.chargeIds.has(use.chargeId), () => `two uses are charged as ${use.chargeId}`);
    this.chargeIds.add(use.chargeId);
    if (use.source === subsidySource) this.seeSubsidy(payerId, use);
    else if (use.source === advanceSource) this.advances.see(payerId, use);
    else if (use.source === feeSource) this.fees.see(payerId, use);
    else if (use.source === periodSource) this.closed.see(payerId, use, this.clock.now());
    else this.compare(name, use, this.reportedAs(payerId, use));
    const shares = use.shares.map(({ tokens }) => tokens);
    ensure(
      shares.every((tokens) => (use.tokens < 0n ? tokens <= 0n : tokens >= 0n)),
      () => `${name} has a share with another sign`,
    );
    same(() => `the sum of the shares of ${name}`, sumOf(shares), use.tokens);
    same(() => `the sum of the lines of ${name}`, sumOf(use.lines.map(({ tokens }) => tokens)), use.tokens);
    this.parked.delete(name);
    this.rated.set(name, use);
    this.names.set(use.usageId, name);
    this.byId.set(use.usageId, use);
    if (use.subsidy) this.subsidies.add(use.usageId);
  }

  /** The report that an event's use is of. @throws Violation where there was none */
  private reportedAs(payerId: string, use: Reported): Use {
    const name = nameOfReported(use);
    const found = this.reported.get(name)?.find((each) => isOf(each, payerId, use));
    if (!found) throw new Violation(`${name} was not reported with these contents`);
    const replaced = this.replaced.get(name);
    ensure(replaced === undefined || replaced === unitsOf(use.units), () => `${name} has units that were replaced`);
    return found;
  }

  private compare(name: string, use: RatedUse, reported: Use): void {
    const meant = rate(this.heard, { ...reported, usageId: use.usageId }, this.counted);
    if ('waits' in meant) throw new Violation(`${name} is rated, though ${meant.waits} is not known`);
    compareRated(name, use, meant);
    this.mayBe(name, reported);
    count(this.counted, { ...reported, usageId: use.usageId }, meant);
    if (meant.isTrial) this.trials += 1;
    const terms = termsOf(this.heard, reported) as UseTerms;
    this.corrected.rated({ ...reported, usageId: use.usageId }, terms, meant);
  }

  /**
   * @throws Violation for a use that only the operator may bring in, unless it waited for long: to
   * be known, or for its report, which came in time, to be sent again
   */
  private mayBe(name: string, { reporterId, time }: Use): void {
    const mayBeOld = reporterId === operatorPartyId || this.parked.has(name);
    ensure(mayBeOld || !isTooOld({ time }, this.sentAt.get(name)!), () => `${name} is accepted, though it is too old`);
  }

  private seeSubsidy(payerId: string, use: RatedUse): void {
    const subsidised = this.byId.get(use.eventId);
    if (!subsidised) throw new Violation(`${use.usageId} subsidises ${use.eventId}, which is not rated`);
    // What was sold below its cost from the start, or is by now.
    const isFirst = this.subsidies.delete(subsidised.usageId);
    if (!isFirst) this.corrected.seeSubsidy(subsidised.usageId, payerId, use.tokens);
    const subsidy = isFirst ? subsidised.subsidy! : { partyId: payerId, tokens: use.tokens };
    const { partyId: providerId } = subsidised.shares.find(({ role }) => role === 'provider') ?? {
      partyId: this.heard.offers.get(subsidised.offer ?? '')?.providerId,
    };
    const of = `app:${subsidised.app}:${subsidised.plan}`;
    same(
      () => `the subsidy of ${subsidised.usageId}`,
      [payerId, use.tokens, use.subsidyOf, use.app, use.offer, use.time, use.units, use.operatorBps, use.subsidy],
      [
        ...[subsidy.partyId, subsidy.tokens, subsidised.usageId, subsidised.app, subsidised.offer, subsidised.time],
        ...[{}, 0, undefined],
      ],
    );
    same(
      () => `the lines of the subsidy of ${subsidised.usageId}`,
      use.lines.filter(isUseLine).map((line) => [line.of, line.meter, line.units, line.unitPrice, line.tokens]),
      [[of, 'subsidy', String(subsidy.tokens), '1', subsidy.tokens]],
    );
    same(
      () => `the earners of the subsidy of ${subsidised.usageId}`,
      use.shares.map(({ role, partyId, tokens }) => [role, partyId, tokens]),
      [['provider', providerId, subsidy.tokens]],
    );
  }

  /** @throws Violation where a use was lost, or waits for nothing */
  finish(): void {
    for (const name of this.answered) {
      const isThere = this.rated.has(name) || this.parked.has(name) || this.voided.has(name);
      ensure(isThere, () => `${name} was accepted, but is lost`);
    }
    for (const name of this.parked) {
      const uses = this.reported.get(name)!;
      const waits = uses.some((use) => 'waits' in rate(this.heard, use) || this.forgotten.has(use));
      ensure(waits, () => `${name} waits, though nothing is missing`);
    }
    this.corrected.finish();
    this.advances.finish();
    this.fees.finish();
    ensure(this.subsidies.size === 0, () => `subsidies not stated: ${[...this.subsidies].join(', ')}`);
    this.closed.finish(this.clock.now());
    same(() => 'the cost of all uses', this.corrected.total + this.closed.total, this.meantTotal());
  }

  /**
   * What all uses that were taken cost, as they are by now, from what is known in the end and in
   * another order: the last that came is the first.
   */
  private meantTotal(): bigint {
    const counted = new CountedUses();
    let total = 0n;
    for (const use of this.corrected.asTheyAre.toReversed()) {
      const meant = rate(this.heard, use, counted) as Rated;
      count(counted, use, meant);
      total += meant.tokens;
    }
    for (const closing of this.closed.all) total += restOf(closing, counted).tokens;
    return total;
  }
}

function count(counted: CountedUses, use: Use, { price: { period } }: Rated): void {
  if (period) counted.add(period.subscriptionId, period.from, asCounted(use));
}

function isOf(reported: Use, payerId: string, use: Reported): boolean {
  return (
    reported.payerId === payerId &&
    reported.time === Date.parse(use.time) &&
    reported.app === use.app &&
    reported.model === use.model &&
    (reported.offer === undefined || reported.offer === use.offer) &&
    reported.key === use.key &&
    unitsOf(reported.units) === unitsOf(use.units)
  );
}

const unitsOf = (units: Readonly<Record<string, string>>): string =>
  Object.entries(units)
    .map(([meter, amount]) => `${meter} ${microsOf(amount)}`)
    .sort()
    .join(', ');

/** @throws Violation where a rating is not what the model makes of the use */
function compareRated(name: string, use: RatedUse, meant: Rated): void {
  same(() => `the price of ${name}`, use.tokens, meant.tokens);
  same(() => `the plan of ${name}`, use.plan, meant.plan);
  same(() => `the offer of ${name}`, use.offer, meant.offer);
  same(() => `the operator's basis points of ${name}`, use.operatorBps, meant.operatorBps);
  const versions = [meant.price, ...(meant.cost ? [meant.cost] : [])].map(({ of, version }) => `${of}@${version}`);
  same(() => `the price versions of ${name}`, use.priceVersion.split(',').sort(), versions.sort());
  const earners = use.shares.filter(({ tokens }) => tokens !== 0n);
  same(() => `the earners of ${name}`, earnersOf(earners), earnersOf(meant.earners));
  same(() => `the subsidy of ${name}`, use.subsidy && { ...use.subsidy }, meant.subsidy);
  compareUseLines(`the lines of ${name}`, use.lines.filter(isUseLine), meant.price);
  compareUseLines(`the costs of ${name}`, use.costs ?? [], meant.cost);
  comparePeriod(name, use, meant.price.period);
}

const earnersOf = (shares: readonly { role: string; partyId: string; tokens: bigint }[]): readonly string[] =>
  shares.map(({ role, partyId, tokens }) => `${role} ${partyId} ${tokens}`).sort();

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
