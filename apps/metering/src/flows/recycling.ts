import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { commandIdOf, type MeteringEvent, mostUsesOfEvent, systemActor } from '@tokengrid/contracts';
import type { Reaction } from '@tokengrid/event-bus';
import { Batcher, type Outcome } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { NotYet } from '@tokengrid/kernel';
import { DataSource } from 'typeorm';
import { AllKnown, markKeyOf } from '../decisions/rules/marks.ts';
import { stillWaits } from '../decisions/rules/rated-or-parked.ts';
import { payerStreamOf, type Use } from '../decisions/state/payer.ts';
import { type ParkedOnTerms, recycleUses } from '../decisions/usage/recycle-uses.ts';
import type { Facts } from '../rate-card/facts.ts';
import { RateCard, type Wanted } from '../rate-card/rate-card.ts';
import { laterPrices, termsAt } from '../rate-card/terms-at.ts';
import { Payers } from '../streams/payers.ts';

/** A parked use, and where it was parked. */
export interface Waiting {
  readonly partyId: string;
  readonly use: Use;
  readonly waitsFor: string;
  /** Sequence of the `UsageParked` event in the payer's lane. */
  readonly sequence: number;
  /** Index of the use in that event. */
  readonly place: number;
}

/** A parked use to look at again; what it waited for is absent where a correction changed that. */
type LookedAt = Omit<Waiting, 'waitsFor'> & Partial<Pick<Waiting, 'waitsFor'>>;

/** A published fact, with a check that the rate card has it. */
export interface Arrival {
  readonly about: Wanted;
  /** Values of `waitsFor` that the fact resolves, given the facts once it is in. */
  readonly needs: (facts: Facts) => readonly string[];
  readonly isIn: (facts: Facts) => boolean;
}

/** Cause of commands that recycle uses. */
type Cause = Pick<Reaction, 'to'>;

/** The time has come: no event causes the commands. */
const byTime: Cause = {
  to: (streamId, data) => ({
    ...{ id: randomUUID(), streamId, data, correlationId: randomUUID() },
    actor: systemActor('recycling'),
  }),
};

/** Page size of reading parked uses: a bound on memory, not on the number of uses. */
const pageRows = 500;

/**
 * Rates parked uses once the things that they wait for arrive. No use is forgotten, in either
 * order: {@link release} finds a use in the table that was parked before the fact arrived; a use
 * looked up before the fact arrived and parked after its release is checked again when its
 * `UsageParked` comes back ({@link lookAgain}), when the rate card has the fact.
 */
@Injectable()
export class Recycling {
  /** True for needs that some use waits for: asked for all facts that arrive together. */
  private readonly awaited = new Batcher((needs: readonly (readonly string[])[]) => this.whichAreAwaited(needs));

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly rateCard: RateCard,
    private readonly payers: Payers,
  ) {}

  /**
   * Recycles all uses that wait for a fact.
   * @throws NotYet while the rate card, which follows the same topic by itself, does not have the
   * fact
   */
  async release({ about, needs, isIn }: Arrival, reaction: Reaction): Promise<Outcome<MeteringEvent>[]> {
    const facts = await this.rateCard.factsAbout([about]);
    if (!isIn(facts)) throw new NotYet(`the rate card does not have it yet`);
    if (!(await this.awaited.add(needs(facts)))) return [];
    const outcomes: Outcome<MeteringEvent>[] = [];
    for (let after = ''; ;) {
      const page = await this.dataSource.query<Waiting[]>(selectWaiting, [needs(facts), after, pageRows]);
      outcomes.push(...(await this.recycle(page, reaction)));
      if (page.length < pageRows) return outcomes;
      after = page.at(-1)!.use.usageId;
    }
  }

  private async whichAreAwaited(needs: readonly (readonly string[])[]): Promise<readonly boolean[]> {
    const rows = await this.dataSource.query<{ readonly need: string }[]>(selectAwaited, [needs.flat()]);
    const awaited = new Set(rows.map(({ need }) => need));
    return needs.map((each) => each.some((need) => awaited.has(need)));
  }

  /** Recycles uses that waited for prices of their time, up to which all are known now. */
  async releaseDue(): Promise<void> {
    // Which prices are known is asked of the log: not while nothing waits.
    const [first] = await this.dataSource.query<object[]>(selectAnyDue, [laterPrices]);
    if (!first) return;
    const { pricesKnownUntil } = await this.rateCard.factsAbout([]);
    if (!Number.isFinite(pricesKnownUntil)) return;
    for (let after = ''; ;) {
      const parameters = [laterPrices, pricesKnownUntil, after, pageRows];
      const page = await this.dataSource.query<Waiting[]>(selectDue, parameters);
      await this.recycle(page, byTime);
      if (page.length < pageRows) return;
      after = page.at(-1)!.use.usageId;
    }
  }

  /** Recycles those uses for which the thing that they wait for has arrived. */
  lookAgain(waiting: readonly LookedAt[], reaction: Reaction): Promise<Outcome<MeteringEvent>[]> {
    return this.recycle(waiting, reaction);
  }

  private async recycle(page: readonly LookedAt[], reaction: Cause): Promise<Outcome<MeteringEvent>[]> {
    if (page.length === 0) return [];
    const facts = await this.rateCard.factsAbout(page.map(({ partyId, use }) => ({ ...use, partyId })));
    const ready = page.flatMap((waiting) => {
      const { partyId, use, waitsFor, sequence, place } = waiting;
      const onTerms = { use, terms: termsAt(facts, { ...use, partyId }), parkedBy: { sequence, place } };
      return waitsFor !== undefined && stillWaits(onTerms, waitsFor) ? [] : [{ partyId, onTerms }];
    });
    const outcomes: Promise<Outcome<MeteringEvent> | undefined>[] = [];
    for (const [partyId, ofPayer] of Map.groupBy(ready, (each) => each.partyId)) {
      const uses = ofPayer.map(({ onTerms }) => onTerms);
      for (let start = 0; start < uses.length; start += mostUsesOfEvent) {
        outcomes.push(this.recycleSome(partyId, uses.slice(start, start + mostUsesOfEvent), reaction));
      }
    }
    return (await Promise.all(outcomes)).filter((outcome) => outcome !== undefined);
  }

  /** @returns nothing if another event has released these uses meanwhile */
  private async recycleSome(
    partyId: string,
    uses: readonly ParkedOnTerms[],
    reaction: Cause,
  ): Promise<Outcome<MeteringEvent> | undefined> {
    const places = uses.map(({ parkedBy: { sequence, place } }) => `${sequence} ${place}`).join();
    const streamId = payerStreamOf(partyId);
    const command = reaction.to(streamId, { partyId, uses }, `${partyId} ${places}`);
    const keys = uses.map(({ use }) => markKeyOf(use.usageId));
    // The same uses of the same parkings: the same command, whatever releases them.
    const id = commandIdOf('policy:recycle-uses', partyId, places);
    try {
      return await this.payers.handle(recycleUses, { ...command, id, keys });
    } catch (error) {
      if (error instanceof AllKnown) return undefined;
      throw error;
    }
  }
}

const selectParked = `
  ${acrossLanes} select party_id as "partyId", use, waits_for as "waitsFor", sequence::float8 as sequence, place
  from parked_usage`;

const selectAnyDue = `${acrossLanes} select 1 from parked_usage where waits_for = $1 limit 1`;

const selectDue = `
  ${selectParked}
  where waits_for = $1 and (use ->> 'time')::timestamptz <= to_timestamp($2::float8 / 1000) and usage_id > $3
  order by usage_id limit $4`;

const selectAwaited = `
  ${acrossLanes} select need from unnest($1::text[]) need
  where exists (select from parked_usage where waits_for = need)`;

const selectWaiting = `
  ${selectParked}
  where waits_for = any($1) and usage_id > $2 order by usage_id limit $3`;
