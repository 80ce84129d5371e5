import { Inject, Injectable } from '@nestjs/common';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import type { Calendar } from '@tokengrid/kernel';
import { DataSource } from 'typeorm';
import { type ChargeFilters, chargeConditionsOf } from '../projections/charges.reads.ts';
import { RateCard } from '../rate-card/rate-card.ts';
import { type FocusCharge, termsOfCharge } from './focus-charge.ts';
import type { FocusRow } from './focus-columns.ts';
import { focusRowsOf, type TokenPrice } from './focus-rows.ts';

/** Charges read at once: the part of an export of any length that is in memory. */
const pageCharges = 1000;

type Filters = Omit<ChargeFilters, 'status'>;

/** Reads charges with their corrections as rows of FOCUS 1.2. */
@Injectable()
export class FocusExport {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly rateCard: RateCard,
  ) {}

  /** Pages of rows, by the time of use. @param showsKeys whether keys are shown to the reader */
  async *pages(filters: Filters, calendar: Calendar, showsKeys: boolean): AsyncGenerator<readonly FocusRow[]> {
    const tokenPrices = await this.dataSource.query<PriceRow[]>(selectTokenPrices);
    for (let after: FocusCharge | undefined; ;) {
      const read = await this.charges(filters, after);
      const charges = showsKeys ? read : read.map((charge) => ({ ...charge, key: null }));
      const facts = await this.rateCard.factsAbout(
        charges.map(({ app, model }) => ({ app: app ?? undefined, model: model ?? undefined })),
      );
      yield charges.flatMap((charge) => {
        const tokenPrice = priceAt(tokenPrices, charge.usedAt);
        return focusRowsOf(charge, { terms: termsOfCharge(facts, charge), tokenPrice, calendar });
      });
      if (read.length < pageCharges) return;
      after = read.at(-1);
    }
  }

  private charges(filters: Filters, after: FocusCharge | undefined): Promise<FocusCharge[]> {
    const { conditions, parameters, place } = chargeConditionsOf(filters);
    if (after) {
      const key = [after.usedAt, after.usageId, after.number ?? 0].map(place).join();
      conditions.push(`(used_at, usage_id, coalesce(number, 0)) > (${key})`);
    }
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
    return this.dataSource.query<FocusCharge[]>(
      `${selectAnswered} from (
         select * from charges ${where} ${inOrder} limit ${place(pageCharges)}
       ) charges ${joinAnswers} ${inOrder}`,
      parameters,
    );
  }
}

const inOrder = 'order by charges.used_at, charges.usage_id, coalesce(charges.number, 0)';

const selectAnswered = `
  ${acrossLanes} select charges.usage_id as "usageId", charges.number, charges.source, charges.event_id as "eventId",
    charges.party_id as "partyId", charges.app, charges.model, charges.offer_id as offer, charges.key_id as key,
    charges.units, charges.amounts, charges.tokens::text as tokens, charges.price_version as "priceVersion",
    charges.used_at::float8 as "usedAt", charges.subsidy_of as "subsidyOf",
    case when refused.usage_id is not null then 'uncollected'
      when charges.tokens = 0 or answer.sequence is not null then 'billed' else 'rated' end as status`;

const joinAnswers = `
  left join charged_events answer on answer.rated_lane = charges.lane and answer.sequence = charges.sequence
  left join refused_uses refused on refused.usage_id = charges.usage_id`;

interface PriceRow {
  readonly currency: string;
  readonly buy: string;
  readonly effectiveFrom: number;
}

/** The last to take effect first; of two of the same time, the later version. */
const selectTokenPrices = `
  select currency, buy::text as buy, effective_from::float8 as "effectiveFrom" from token_prices
  where not withdrawn order by effective_from desc, price_version desc`;

/** Price at a time; what was used before the first one has that. */
function priceAt(latestFirst: readonly PriceRow[], time: number): TokenPrice | undefined {
  const row = latestFirst.find(({ effectiveFrom }) => effectiveFrom <= time) ?? latestFirst.at(-1);
  return row && { currency: row.currency, buy: BigInt(row.buy) };
}
