import { Inject, Injectable } from '@nestjs/common';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import { type ListedUse } from './charges.reads.ts';

/** A rated use that the wallet did not cover. */
export interface UncollectedUse extends ListedUse {
  /** Code of the wallet's refusal. */
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly refusedAt: number;
}

/** Filters; those that are undefined are not asked for. */
export interface UncollectedFilters {
  readonly partyId?: string | undefined;
  readonly app?: string | undefined;
  readonly model?: string | undefined;
  readonly reason?: string | undefined;
}

/** Reads of refused uses. */
@Injectable()
export class Uncollected {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** At most `most` uses behind the given key, by the time of their refusal. */
  list(
    { partyId, app, model, reason }: UncollectedFilters,
    after: readonly [refusedAt: number, usageId: string] | undefined,
    most: number,
  ): Promise<UncollectedUse[]> {
    const parameters: unknown[] = [];
    const place = (value: unknown) => `$${parameters.push(value)}`;
    const conditions = (
      [
        ['refused.party_id =', partyId],
        ['refused.code =', reason],
        ['refused.app =', app],
        ['refused.model =', model],
      ] as const
    ).flatMap(([condition, value]) => (value === undefined ? [] : [`${condition} ${place(value)}`]));
    if (after) conditions.push(`(refused.refused_at, refused.usage_id) > (${place(after[0])}, ${place(after[1])})`);
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
    return this.dataSource.query<UncollectedUse[]>(
      `${selectRefused} ${where} order by refused.refused_at, refused.usage_id limit ${place(most)}`,
      parameters,
    );
  }
}

const selectRefused = `
  ${acrossLanes} select refused.usage_id as "usageId", refused.source, refused.event_id as "eventId",
    refused.party_id as "partyId", refused.app, refused.model, refused.units, refused.tokens::text as tokens,
    refused.used_at::float8 as "usedAt", charges.subsidy_of as "subsidyOf", refused.code as reason,
    refused.refused_at::float8 as "refusedAt"
  from refused_uses refused left join charges on charges.lane = refused.rated_lane
    and charges.sequence = refused.sequence and charges.usage_id = refused.usage_id`;
