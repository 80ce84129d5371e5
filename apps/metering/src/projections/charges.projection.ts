import type { Correction, EventsOf, ParkedUse, RatedUse, Units, usageEvents } from '@tokengrid/contracts';
import { flushing, laneStatement, type Projection, writeRows } from '@tokengrid/event-store';
import { foldCharges } from '../usage-sums/fold-charges.ts';

/** A rated use, or the differences of a correction. */
interface Row {
  readonly sequence: number;
  readonly place: number;
  readonly partyId: string;
  readonly use: Omit<ParkedUse, 'waitsFor'> &
    Partial<Pick<RatedUse, 'tokens' | 'priceVersion' | 'subsidyOf' | 'lines' | 'memberOf'>>;
  readonly number: number | null;
  readonly voided: boolean;
  readonly replacement: Units | null;
}

const ofCorrection = ({ number, replacement }: Correction) => ({
  number,
  ...{ voided: replacement === undefined, replacement: replacement ?? null },
});

const asRated = { number: null, voided: false, replacement: null };

/** µAIT by meter: without what a plan's minimum adds, or its maximum takes back. */
function amountsOf(lines: RatedUse['lines']): Readonly<Record<string, string>> {
  const amounts = new Map<string, bigint>();
  for (const line of lines) {
    if ('meter' in line) amounts.set(line.meter, (amounts.get(line.meter) ?? 0n) + line.tokens);
  }
  return Object.fromEntries(Array.from(amounts, ([meter, tokens]) => [meter, tokens.toString()]));
}

/**
 * All rated uses, with their prices, a row each; and a row of differences for each correction, so
 * that sums of rows are right. Rows are only added. What the wallet answered is told by the tables
 * of {@link walletAnswers}. A parked use that was voided has a row without units. In strides, rows
 * are added to the sums of usage.
 */
export const charges: Projection<EventsOf<typeof usageEvents>, Row[]> = {
  name: 'charges',
  tables: ['charges', 'usage_series', 'usage_sums', 'usage_folds'],
  begin: () => [],
  on: {
    UsageRated: (rows, { sequence, data: { partyId, uses } }) =>
      uses.forEach((use, place) => rows.push({ sequence, place, partyId, use, ...asRated })),
    UsageCorrected: (rows, { sequence, data: { partyId, corrections } }) =>
      corrections.forEach((use, place) => rows.push({ sequence, place, partyId, use, ...ofCorrection(use) })),
    ParkedUseCorrected: (rows, { sequence, data: { partyId, use, voided } }) => {
      if (voided) rows.push({ sequence, place: 0, partyId, use: { ...use, units: {} }, ...asRated, voided });
    },
    UsageParked: 'ignored',
    CorrectionRepeated: 'ignored',
    CorrectionRefused: 'ignored',
  },
  ...flushing(async (sql, ofLanes) => {
    const written = ofLanes.map(({ lane, batch }) => ({ lane, rows: batch }));
    await writeRows(sql, insertCharges, written, (rows) => [
      rows.map(({ sequence }) => sequence),
      rows.map(({ place }) => place),
      rows.map(({ partyId }) => partyId),
      rows.map(({ use }) => use.usageId),
      rows.map(({ use }) => use.source),
      rows.map(({ use }) => use.eventId),
      rows.map(({ use }) => use.app ?? null),
      rows.map(({ use }) => use.model ?? null),
      rows.map(({ use }) => JSON.stringify(use.units)),
      rows.map(({ use }) => (use.tokens ?? 0n).toString()),
      rows.map(({ use }) => use.priceVersion ?? ''),
      rows.map(({ use }) => Date.parse(use.time)),
      rows.map(({ use }) => use.subsidyOf ?? null),
      rows.map(({ number }) => number),
      rows.map(({ voided }) => (voided ? 1 : 0)),
      rows.map(({ replacement }) => replacement && JSON.stringify(replacement)),
      rows.map(({ use }) => use.offer ?? null),
      rows.map(({ use }) => use.key ?? null),
      rows.map(({ use }) => JSON.stringify(amountsOf(use.lines ?? []))),
      rows.map(({ use }) => use.memberOf ?? null),
    ]);
    const ofEvents = (rows: readonly Row[]) =>
      Array.from(
        Map.groupBy(rows, ({ sequence }) => sequence),
        ([sequence, { length }]) => ({ sequence, uses: length }),
      );
    await foldCharges(
      sql,
      written.map(({ lane, rows }) => ({ lane, rows: ofEvents(rows) })),
    );
  }),
};

const columns =
  'sequence, place, party_id, usage_id, source, event_id, app, model, units, tokens, price_version, used_at, subsidy_of, number, voided, replacement, offer_id, key_id, amounts, member_of';

const insertCharges = laneStatement(
  ({ lane, array, column }) => `
  insert into charges (lane, ${columns})
  select ${lane}, sequence, place, party_id, usage_id, source, event_id, app, model, units::jsonb, tokens,
    price_version, used_at, subsidy_of, number, voided = 1, replacement::jsonb, offer_id, key_id, amounts::jsonb, member_of
  from unnest(
    ${array}$2::bigint[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::numeric[], $12::text[], $13::bigint[], $14::text[], $15::int[], $16::int[], $17::text[],
    $18::text[], $19::text[], $20::text[], $21::text[]
  ) rated (${column}${columns})`,
);
