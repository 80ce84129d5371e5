import { Inject, Injectable } from '@nestjs/common';
import { commandIdOf, type MeteringEvent } from '@tokengrid/contracts';
import type { Reaction } from '@tokengrid/event-bus';
import type { Outcome } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { NotYet } from '@tokengrid/kernel';
import { DataSource } from 'typeorm';
import { ratedOrParked } from '../decisions/usage/rate-usage.ts';
import { recycleUsage } from '../decisions/usage/recycle-usage.ts';
import type { Terms } from '../decisions/rules/terms.ts';
import type { Use } from '../decisions/state/usage.ts';
import type { Facts } from '../rate-card/facts.ts';
import { RateCard, type Wanted } from '../rate-card/rate-card.ts';
import { termsAt } from '../rate-card/terms-at.ts';
import { Usages } from '../streams/usages.ts';

/** A parked use, and the event that parked it. */
export interface Waiting {
  readonly use: Use;
  readonly waitsFor: string;
  /** Id of the `UsageParked` event. */
  readonly parkedBy: string;
}

/** A published fact, with a check that the rate card has it. */
export interface Arrival {
  readonly about: Wanted;
  /** Values of `waitsFor` that the fact resolves, given the facts once it is in. */
  readonly needs: (facts: Facts) => readonly string[];
  readonly isIn: (facts: Facts) => boolean;
}

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
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly rateCard: RateCard,
    private readonly usages: Usages,
  ) {}

  /**
   * Recycles all uses that wait for a fact.
   * @throws NotYet while the rate card, which follows the same topic by itself, does not have the
   * fact
   */
  async release({ about, needs, isIn }: Arrival, reaction: Reaction): Promise<Outcome<MeteringEvent>[]> {
    const facts = await this.rateCard.factsAbout([about]);
    if (!isIn(facts)) throw new NotYet(`the rate card does not have it yet`);
    const outcomes: Outcome<MeteringEvent>[] = [];
    for (let after = ''; ;) {
      const page = await this.dataSource.query<Waiting[]>(selectWaiting, [needs(facts), after, pageRows]);
      outcomes.push(...(await this.recycle(page, reaction)));
      if (page.length < pageRows) return outcomes;
      after = page.at(-1)!.use.usageId;
    }
  }

  /** Recycles one use if the thing that it waits for has arrived. */
  lookAgain(waiting: Waiting, reaction: Reaction): Promise<Outcome<MeteringEvent>[]> {
    return this.recycle([waiting], reaction);
  }

  private async recycle(page: readonly Waiting[], reaction: Reaction): Promise<Outcome<MeteringEvent>[]> {
    if (page.length === 0) return [];
    const facts = await this.rateCard.factsAbout(page.map(({ use }) => use));
    const ready = page
      .map((waiting) => ({ waiting, terms: termsAt(facts, waiting.use) }))
      .filter(({ waiting, terms }) => !waitsOn(waiting, terms));
    return Promise.all(
      ready.map(({ waiting: { use, parkedBy }, terms }) => {
        const command = reaction.to(use.usageId, { usageId: use.usageId, terms }, use.usageId);
        return this.usages.handle(recycleUsage, { ...command, id: recyclingOf(parkedBy) });
      }),
    );
  }
}

/**
 * One command per parking, whatever releases it: a use that two facts release at once is rated
 * once.
 */
function recyclingOf(parkedBy: string): string {
  return commandIdOf('policy:recycle-usage', parkedBy);
}

/** Whether a use would only be parked again for the same thing. */
function waitsOn({ use, waitsFor }: Pick<Waiting, 'use' | 'waitsFor'>, terms: Terms): boolean {
  const [first] = ratedOrParked(use, terms);
  return first?.type === 'UsageParked' && first.data.waitsFor === waitsFor;
}

const selectWaiting = `
  ${acrossLanes} select use, waits_for as "waitsFor", parked_by as "parkedBy" from parked_usage
  where waits_for = any($1) and usage_id > $2 order by usage_id limit $3`;
