import {
  type AccruedSum,
  type Advance,
  decimalOf,
  derivedId,
  type EventOf,
  type EventsOf,
  operatorPartyId,
  scaled,
  type settlementLaneEvents,
  type UsesAccrued,
} from '@tokengrid/contracts';
import type { Projection, SqlWriter } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';

type Accrued = Recorded<EventOf<typeof UsesAccrued>>;

interface Total {
  uses: number;
  tokens: bigint;
}

/** A sum of a period, grown by all events of a batch. */
interface Grown extends Total {
  readonly period: string;
  readonly of: AccruedSum;
  /** Scaled, by meter. */
  readonly units: Map<string, bigint>;
}

interface Batch {
  readonly events: Accrued[];
  /** By accrual id. */
  readonly sums: Map<string, Grown>;
  /** By period. */
  readonly totals: Map<string, Total>;
}

/**
 * Accruals: sums by period and earner, totals by period, and for the reconciliation which charges
 * of which wallet lane each event covers. All rows are of one settlement lane, so that lanes never
 * wait for each other's rows; reads add them up.
 */
export const accruals: Projection<EventsOf<typeof settlementLaneEvents>, Batch> = {
  name: 'accruals',
  tables: ['accruals', 'accrued_units', 'accrued_totals', 'accrued_ranges'],
  begin: () => ({ events: [], sums: new Map(), totals: new Map() }),
  on: {
    UsesAccrued: collect,
    LaneClosed: 'ignored',
  },
  async flush(sql, { events, sums, totals }, lane) {
    await addSums(sql, lane, [...sums]);
    await addUnits(sql, lane, [...sums]);
    await addTotals(sql, lane, [...totals]);
    await insertRanges(sql, lane, events);
  },
};

function collect({ events, sums, totals }: Batch, event: Accrued): void {
  events.push(event);
  for (const accrued of event.data.periods) {
    const { period } = accrued;
    add(found(totals, period, { uses: 0, tokens: 0n }), accrued);
    for (const sum of [...accrued.sums, ...accrued.advanced.flatMap(bothSides)]) {
      const grown = found(sums, accrualIdOf(period, sum), { period, of: sum, uses: 0, tokens: 0n, units: new Map() });
      add(grown, sum);
      for (const [meter, count] of Object.entries(sum.units)) {
        grown.units.set(meter, (grown.units.get(meter) ?? 0n) + scaled(count));
      }
    }
  }
}

/** An advance as sums: what the party gets, and what the operator bears. */
const bothSides = ({ partyId, role, tokens }: Advance): AccruedSum[] => [
  { partyId, role, tokens, ...ofAdvances },
  { partyId: operatorPartyId, role: 'operator', tokens: -tokens, ...ofAdvances },
];
const ofAdvances = { priceVersion: 'tokengrid:advance', uses: 0, units: {} };

function found<Value>(values: Map<string, Value>, key: string, fresh: Value): Value {
  const value = values.get(key) ?? fresh;
  values.set(key, value);
  return value;
}

function add(total: Total, { uses, tokens }: Total): void {
  total.uses += uses;
  total.tokens += tokens;
}

/** Id of a sum, the same in all lanes. */
function accrualIdOf(period: string, sum: AccruedSum): string {
  const { lateFor = '', partyId, role, app = '', plan = '', model = '', priceVersion } = sum;
  return derivedId('acr', period, lateFor, partyId, role, app, plan, model, priceVersion);
}

type Sums = readonly (readonly [accrualId: string, sum: Grown])[];

async function addSums(sql: SqlWriter, lane: number, sums: Sums): Promise<void> {
  await sql.query(
    `insert into accruals
       (lane, accrual_id, period, late_for, party_id, role, app, plan, model, price_version, uses, tokens)
     select $1::int, sum.* from unnest(
       $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
       $11::bigint[], $12::numeric[]
     ) sum
     on conflict (lane, accrual_id) do update
       set uses = accruals.uses + excluded.uses, tokens = accruals.tokens + excluded.tokens`,
    [
      lane,
      sums.map(([accrualId]) => accrualId),
      sums.map(([, { period }]) => period),
      sums.map(([, { of }]) => of.lateFor ?? null),
      sums.map(([, { of }]) => of.partyId),
      sums.map(([, { of }]) => of.role),
      sums.map(([, { of }]) => of.app ?? null),
      sums.map(([, { of }]) => of.plan ?? null),
      sums.map(([, { of }]) => of.model ?? null),
      sums.map(([, { of }]) => of.priceVersion),
      sums.map(([, { uses }]) => uses),
      sums.map(([, { tokens }]) => tokens.toString()),
    ],
  );
}

async function addUnits(sql: SqlWriter, lane: number, sums: Sums): Promise<void> {
  const counts = sums.flatMap(([accrualId, { units }]) =>
    [...units].map(([meter, count]) => ({ accrualId, meter, count })),
  );
  await sql.query(
    `insert into accrued_units (lane, accrual_id, meter, units)
     select $1::int, counted.* from unnest($2::text[], $3::text[], $4::numeric[]) counted
     on conflict (lane, accrual_id, meter) do update set units = accrued_units.units + excluded.units`,
    [
      lane,
      counts.map(({ accrualId }) => accrualId),
      counts.map(({ meter }) => meter),
      counts.map(({ count }) => decimalOf(count)),
    ],
  );
}

async function addTotals(sql: SqlWriter, lane: number, totals: readonly (readonly [string, Total])[]): Promise<void> {
  await sql.query(
    `insert into accrued_totals (lane, period, uses, tokens)
     select $1::int, accrued.* from unnest($2::text[], $3::bigint[], $4::numeric[]) accrued
     on conflict (lane, period) do update
       set uses = accrued_totals.uses + excluded.uses, tokens = accrued_totals.tokens + excluded.tokens`,
    [
      lane,
      totals.map(([period]) => period),
      totals.map(([, { uses }]) => uses),
      totals.map(([, { tokens }]) => tokens.toString()),
    ],
  );
}

/** A row per event and period, with the tokens of the whole event and of the period. */
async function insertRanges(sql: SqlWriter, lane: number, events: readonly Accrued[]): Promise<void> {
  const ranges = events.flatMap((event) => event.data.periods.map((period) => ({ event, period })));
  await sql.query(
    `insert into accrued_ranges (lane, sequence, period, wallet_lane, from_sequence, to_sequence, tokens, accrued)
     select $1::int, covered.* from unnest(
       $2::bigint[], $3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::numeric[], $8::numeric[]
     ) covered`,
    [
      lane,
      ranges.map(({ event }) => event.sequence),
      ranges.map(({ period }) => period.period),
      ranges.map(({ event }) => event.data.walletLane),
      ranges.map(({ event }) => event.data.from),
      ranges.map(({ event }) => event.data.to),
      ranges.map(({ event }) => event.data.tokens.toString()),
      ranges.map(({ period }) => period.tokens.toString()),
    ],
  );
}
