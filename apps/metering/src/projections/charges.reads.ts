import { Inject, Injectable } from '@nestjs/common';
import type { Units } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';

/** Status of a charge: unanswered, paid, or not covered by the wallet. */
type ChargeStatus = 'rated' | 'billed' | 'uncollected';

/** A rated use. */
export interface ListedUse {
  readonly usageId: string;
  readonly source: string;
  readonly eventId: string;
  readonly partyId: string;
  readonly app: string | null;
  readonly model: string | null;
  readonly units: Units;
  /** µAIT as a decimal string. */
  readonly tokens: string;
  /** Epoch milliseconds. */
  readonly usedAt: number;
  readonly subsidyOf: string | null;
}

/** A rated use, with the wallet's answer. */
export interface Charge extends ListedUse {
  readonly priceVersion: string;
  readonly status: ChargeStatus;
}

/** Columns of {@link ListedUse}, from the table `charges`. */
export const listedUseColumns = `
  charges.usage_id as "usageId", charges.source, charges.event_id as "eventId", charges.party_id as "partyId",
  charges.app, charges.model, charges.units, charges.tokens::text as tokens, charges.used_at::float8 as "usedAt",
  charges.subsidy_of as "subsidyOf"`;

/** Filters of charges; those that are undefined are not asked for. Times are epoch milliseconds. */
export interface ChargeFilters {
  readonly partyId?: string | undefined;
  readonly app?: string | undefined;
  readonly model?: string | undefined;
  readonly source?: string | undefined;
  readonly status?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Sort key of charges: the time of use, and the use. */
export type ChargeKey = readonly [usedAt: number, usageId: string];

/** Reads of charges. */
@Injectable()
export class Charges {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** At most `most` charges after the given key, by the time of use. */
  list(filters: ChargeFilters, after: ChargeKey | undefined, most: number): Promise<Charge[]> {
    const { partyId, app, model, source, status, from, to } = filters;
    const parameters: unknown[] = [];
    const place = (value: unknown) => `$${parameters.push(value)}`;
    const conditions = (
      [
        ['party_id =', partyId],
        ['app =', app],
        ['model =', model],
        ['source =', source],
        ['used_at >=', from],
        ['used_at <', to],
      ] as const
    ).flatMap(([condition, value]) => (value === undefined ? [] : [`${condition} ${place(value)}`]));
    if (after) conditions.push(`(used_at, usage_id) > (${place(after[0])}, ${place(after[1])})`);
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
    const limit = `limit ${place(most)}`;
    // Only a list by status needs the wallet's answer to charges that are not shown.
    const chosen = `select * from charges ${where} ${status === undefined ? `${inOrder} ${limit}` : ''}`;
    return this.dataSource.query<Charge[]>(
      `${selectAnswered} from (${chosen}) charges ${joinAnswers}
       ${status === undefined ? '' : `where ${statusSql} = ${place(status)}`} ${inOrder} ${limit}`,
      parameters,
    );
  }
}

const inOrder = 'order by charges.used_at, charges.usage_id';

/** A use that costs nothing needs no wallet. */
const statusSql = `
  case when charges.tokens = 0 then 'billed' when refused_uses.usage_id is not null then 'uncollected'
    when charged_events.sequence is not null then 'billed' else 'rated' end`;

const selectAnswered = `
  ${acrossLanes} select ${listedUseColumns}, charges.price_version as "priceVersion", ${statusSql} as status`;

const joinAnswers = `
  left join charged_events on charged_events.rated_lane = charges.lane and charged_events.sequence = charges.sequence
  left join refused_uses on refused_uses.usage_id = charges.usage_id`;
