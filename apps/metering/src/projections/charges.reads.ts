import { Inject, Injectable } from '@nestjs/common';
import { type Units, walletIdOf } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';

/** Status of a charge: unanswered, paid, not covered by the wallet, or void. */
type ChargeStatus = 'rated' | 'billed' | 'uncollected' | 'voided';

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
  /** Number of its corrections. */
  readonly corrections: number;
  readonly status: ChargeStatus;
}

/** Filters of charges; those that are undefined are not asked for. Times are epoch milliseconds. */
export interface ChargeFilters {
  readonly partyId?: string | undefined;
  readonly app?: string | undefined;
  readonly model?: string | undefined;
  readonly offer?: string | undefined;
  readonly region?: string | undefined;
  readonly key?: string | undefined;
  /** Member of the party's shared wallet, whose uses are asked for instead of the party's. */
  readonly member?: string | undefined;
  readonly source?: string | undefined;
  readonly status?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Sort key of charges: the time of use, and the use. */
export type ChargeKey = readonly [usedAt: number, usageId: string];

/** Conditions on rows of `charges`, and their parameters, which may be added to. */
export function chargeConditionsOf(filters: ChargeFilters) {
  const { partyId, app, model, offer, region, key, member, source, from, to } = filters;
  const parameters: unknown[] = [];
  const place = (value: unknown) => `$${parameters.push(value)}`;
  const conditions = (
    [
      ['party_id =', member ?? partyId],
      ['member_of =', member === undefined || partyId === undefined ? undefined : walletIdOf(partyId)],
      ['app =', app],
      ['model =', model],
      ['offer_id =', offer],
      ['key_id =', key],
      ['source =', source],
      ['used_at >=', from],
      ['used_at <', to],
    ] as const
  ).flatMap(([condition, value]) => (value === undefined ? [] : [`${condition} ${place(value)}`]));
  if (region !== undefined) conditions.push(servedIn(place(region)));
  if (member !== undefined && partyId === undefined) conditions.push('member_of is not null');
  return { conditions, parameters, place };
}

/** Condition for uses that an offer of a region served; an offer keeps its region. */
export const servedIn = (region: string): string =>
  `offer_id in (select model_id from rate_offers where region = ${region})`;

/** Reads of charges. */
@Injectable()
export class Charges {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** At most `most` charges after the given key, by the time of use. */
  list(filters: ChargeFilters, after: ChargeKey | undefined, most: number): Promise<Charge[]> {
    const { status } = filters;
    const { conditions, parameters, place } = chargeConditionsOf(filters);
    conditions.push('number is null');
    if (after) conditions.push(`(used_at, usage_id) > (${place(after[0])}, ${place(after[1])})`);
    const where = `where ${conditions.join(' and ')}`;
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
  case when charges.voided or corrected.voided then 'voided' when refused_uses.usage_id is not null then 'uncollected'
    when (charges.tokens = 0 or charged_events.sequence is not null) and not corrected.unanswered then 'billed'
    else 'rated' end`;

const selectAnswered = `
  ${acrossLanes} select charges.usage_id as "usageId", charges.source, charges.event_id as "eventId",
    charges.party_id as "partyId", charges.app, charges.model, charges.used_at::float8 as "usedAt",
    charges.subsidy_of as "subsidyOf",
    case when charges.voided or corrected.voided then '{}' else coalesce(corrected.units, charges.units) end as units,
    (charges.tokens + corrected.tokens)::text as tokens, charges.price_version as "priceVersion",
    corrected.corrections, ${statusSql} as status`;

/** Corrected values of a use, with an index that has no other rows. */
const joinAnswers = `
  left join charged_events on charged_events.rated_lane = charges.lane and charged_events.sequence = charges.sequence
  left join refused_uses on refused_uses.usage_id = charges.usage_id
  cross join lateral (
    select coalesce(sum(correction.tokens), 0) as tokens, coalesce(bool_or(correction.voided), false) as voided,
      coalesce(bool_or(correction.tokens <> 0 and answer.sequence is null), false) as unanswered,
      count(*)::int as corrections, (array_agg(correction.replacement order by correction.number desc))[1] as units
    from charges correction left join charged_events answer
      on answer.rated_lane = correction.lane and answer.sequence = correction.sequence
    where correction.usage_id = charges.usage_id and correction.number is not null
  ) corrected`;
