import { Inject, Injectable } from '@nestjs/common';
import { commandIdOf, type MeteringEvent } from '@tokengrid/contracts';
import type { Reaction } from '@tokengrid/event-bus';
import type { Outcome } from '@tokengrid/event-store';
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

/** A fact that has been published, and how to tell that the rate card here has it. */
export interface Arrival {
  readonly about: Wanted;
  /** What uses may be waiting for it, as `waitsFor` says it, by what is known once it is in. */
  readonly needs: (facts: Facts) => readonly string[];
  readonly isIn: (facts: Facts) => boolean;
}

/** Uses read from the table at a time: a bound on memory, not on how many are recycled. */
const pageRows = 500;

/**
 * Rates parked uses once what they wait for is here. No use is forgotten, whichever comes first: a use that is parked before the
 * fact arrives is found in the table by {@link release}; one that was looked up before the fact arrived and parked after it was
 * released is looked at again when its `UsageParked` comes back ({@link lookAgain}), and the fact is in the rate card by then.
 */
@Injectable()
export class Recycling {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly rateCard: RateCard,
    private readonly usages: Usages,
  ) {}

  /**
   * Recycles all that waits for a fact.
   * @throws NotYet while the rate card, which follows the same topic by itself, has not got as far as the fact
   */
  async release({ about, needs, isIn }: Arrival, reaction: Reaction): Promise<Outcome<MeteringEvent>[]> {
    const facts = await this.rateCard.factsAbout([about]);
    if (!isIn(facts)) throw new NotYet(`the rate card does not know of it yet`);
    const outcomes: Outcome<MeteringEvent>[] = [];
    for (let after = ''; ;) {
      const page = await this.dataSource.query<Waiting[]>(selectWaiting, [needs(facts), after, pageRows]);
      outcomes.push(...(await this.recycle(page, reaction)));
      if (page.length < pageRows) return outcomes;
      after = page.at(-1)!.use.usageId;
    }
  }

  /** Recycles one use if what it waits for is here. */
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

/** One command per parking, whatever releases it: a use that two facts release at once is rated once. */
export function recyclingOf(parkedBy: string): string {
  return commandIdOf('policy:recycle-usage', parkedBy);
}

/** Whether a use would only be parked again for what it waits for already. */
export function waitsOn({ use, waitsFor }: Pick<Waiting, 'use' | 'waitsFor'>, terms: Terms): boolean {
  const [first] = ratedOrParked(use, terms);
  return first?.type === 'UsageParked' && first.data.waitsFor === waitsFor;
}

const selectWaiting = `
  select use, waits_for as "waitsFor", parked_by as "parkedBy" from parked_usage
  where waits_for = any($1) and usage_id > $2 order by usage_id limit $3`;
