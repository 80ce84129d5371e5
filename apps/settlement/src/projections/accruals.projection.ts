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
import { flushing, laneStatement, type Projection, writeRows } from '@tokengrid/event-store';
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
  ...flushing(async (sql, ofLanes) => {
    const sums = ofLanes.map(({ lane, batch }) => ({ lane, rows: [...batch.sums] }));
    await writeRows(sql, addSums, sums, valuesOfSums);
    const counts = sums.map(({ lane, rows }) => ({ lane, rows: rows.flatMap(countsOf) }));
    await writeRows(sql, addUnits, counts, valuesOfUnits);
    const totals = ofLanes.map(({ lane, batch }) => ({ lane, rows: [...batch.totals] }));
    await writeRows(sql, addTotals, totals, valuesOfTotals);
    const ranges = ofLanes.map(({ lane, batch }) => ({ lane, rows: batch.events.flatMap(rangesOf) }));
    await writeRows(sql, insertRanges, ranges, valuesOfRanges);
  }),
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

type Sum = readonly [accrualId: string, sum: Grown];

const sumColumns = 'accrual_id, period, late_for, party_id, role, app, plan, model, price_version, uses, tokens';
const addSums = laneStatement(
  ({ lane, array, column }) => `
  insert into accruals (lane, ${sumColumns})
  select ${lane}, ${sumColumns} from unnest(
    ${array}$2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::bigint[], $12::numeric[]
  ) sum (${column}${sumColumns})
  on conflict (lane, accrual_id) do update
    set uses = accruals.uses + excluded.uses, tokens = accruals.tokens + excluded.tokens`,
);

const valuesOfSums = (sums: readonly Sum[]) => [
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
];

const unitColumns = 'accrual_id, meter, units';
const addUnits = laneStatement(
  ({ lane, array, column }) => `
  insert into accrued_units (lane, ${unitColumns})
  select ${lane}, ${unitColumns} from unnest(${array}$2::text[], $3::text[], $4::numeric[]) counted (${column}${unitColumns})
  on conflict (lane, accrual_id, meter) do update set units = accrued_units.units + excluded.units`,
);

/** Units of a sum by meter. */
const countsOf = ([accrualId, { units }]: Sum) =>
  Array.from(units, ([meter, count]) => ({ accrualId, meter, units: decimalOf(count) }));

const valuesOfUnits = (counts: readonly ReturnType<typeof countsOf>[number][]) => [
  counts.map(({ accrualId }) => accrualId),
  counts.map(({ meter }) => meter),
  counts.map(({ units }) => units),
];

const totalColumns = 'period, uses, tokens';
const addTotals = laneStatement(
  ({ lane, array, column }) => `
  insert into accrued_totals (lane, ${totalColumns})
  select ${lane}, ${totalColumns} from unnest(${array}$2::text[], $3::bigint[], $4::numeric[]) accrued (${column}${totalColumns})
  on conflict (lane, period) do update
    set uses = accrued_totals.uses + excluded.uses, tokens = accrued_totals.tokens + excluded.tokens`,
);

const valuesOfTotals = (totals: readonly (readonly [period: string, Total])[]) => [
  totals.map(([period]) => period),
  totals.map(([, { uses }]) => uses),
  totals.map(([, { tokens }]) => tokens.toString()),
];

const rangeColumns = 'sequence, period, wallet_lane, from_sequence, to_sequence, tokens, accrued';
const insertRanges = laneStatement(
  ({ lane, array, column }) => `
  insert into accrued_ranges (lane, ${rangeColumns})
  select ${lane}, ${rangeColumns} from unnest(
    ${array}$2::bigint[], $3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::numeric[], $8::numeric[]
  ) covered (${column}${rangeColumns})`,
);

/** Periods of an event, each with the tokens of the whole event and its own. */
const rangesOf = (event: Accrued) => event.data.periods.map((period) => ({ event, period }));

const valuesOfRanges = (ranges: readonly ReturnType<typeof rangesOf>[number][]) => [
  ranges.map(({ event }) => event.sequence),
  ranges.map(({ period }) => period.period),
  ranges.map(({ event }) => event.data.walletLane),
  ranges.map(({ event }) => event.data.from),
  ranges.map(({ event }) => event.data.to),
  ranges.map(({ event }) => event.data.tokens.toString()),
  ranges.map(({ period }) => period.tokens.toString()),
];
