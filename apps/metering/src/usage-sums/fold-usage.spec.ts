import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { derivedId } from '@tokengrid/contracts';
import { writeProjectionOfLanes } from '@tokengrid/event-store';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import fc from 'fast-check';
import pg from 'pg';
import { charges } from '../projections/charges.projection.ts';
import { definition } from '../service.definition.ts';

const lanes = 2;
const start = Date.parse('2026-10-25T00:00Z');

/** An event with uses of one payer; those that are scattered have a key each. */
interface Reported {
  readonly lane: number;
  readonly uses: number;
  readonly isScattered: boolean;
}

const reported = fc.record({
  lane: fc.nat(lanes - 1),
  uses: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 700 })),
  isScattered: fc.boolean(),
});

describe('strides of sums', () => {
  let postgres: BorrowedPostgres;
  let pool: pg.Pool;

  beforeAll(async () => {
    postgres = await borrowPostgres();
    await postgres.ensureDatabase('strides');
    pool = new pg.Pool({ connectionString: postgres.url('strides'), max: 2 });
    pool.on('error', () => undefined);
    const runner = { query: (text: string) => pool.query(text) } as never;
    for (const Migration of definition.migrations) await new Migration().up(runner);
  }, 60_000);
  beforeEach(() => empty());
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });

  const empty = () => pool.query('truncate charges, usage_series, usage_sums, usage_folds');

  /** Writes events, so many to a transaction in turn. */
  async function write(events: readonly Reported[], ofBatches: readonly number[]): Promise<void> {
    const sequences = Array.from({ length: lanes }, () => 0);
    const stored = events.map(({ lane, uses, isScattered }, at) => ({
      type: 'UsageRated' as const,
      lane,
      sequence: ++sequences[lane]!,
      data: {
        partyId: 'payer',
        uses: Array.from({ length: uses }, (_, n) => ({
          ...{ usageId: derivedId('usg', `${at}/${n}`), source: '/strides', eventId: `${at}/${n}` },
          ...{ time: new Date(start + at * 1000).toISOString(), model: 'qwen', priceVersion: '1', tokens: 2n },
          ...{ units: { input_tokens: '3' }, lines: [], ...(isScattered && { key: `key_${at}_${n}` }) },
        })),
      },
    }));
    for (let from = 0, nth = 0; from < stored.length; nth++) {
      const batch = stored.slice(from, (from += ofBatches[nth % ofBatches.length]!));
      const ofLanes = [...Map.groupBy(batch, ({ lane }) => lane)].map(([lane, ofLane]) => ({ lane, events: ofLane }));
      await writeProjectionOfLanes(pool, charges as never, ofLanes as never, nth % 2 === 0);
    }
  }

  const folds = async () => (await pool.query('select * from usage_folds order by lane')).rows as Fold[];
  type Fold = Readonly<Record<'uses' | 'folded_uses' | 'folded_to' | 'read_to', string>> & { readonly lane: number };
  const sums = async () =>
    (await pool.query('select * from usage_sums order by lane, series_id, span, start')).rows as readonly object[];

  it(
    'end where the events say, whatever the transactions, and their sums are exact',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(reported, { minLength: 1, maxLength: 30 }),
          fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
          async (events, ofBatches) => {
            await empty();
            await write(events, [1]);
            const [alone, sumsAlone] = [await folds(), await sums()];
            await empty();
            await write(events, ofBatches);
            expect([await folds(), await sums()]).toEqual([alone, sumsAlone]);
            const { rows } = await pool.query(`
            select lane, sum(uses)::text as uses from usage_sums join usage_series using (lane, series_id)
            where cube = 1 and span = 480 and meter = '' group by lane order by lane`);
            const inSums = alone.filter((fold) => fold.folded_uses !== '0');
            expect(rows).toEqual(inSums.map((fold) => ({ lane: fold.lane, uses: fold.folded_uses })));
            for (const { lane, uses, folded_uses, folded_to } of alone) {
              const ofLane = events.filter((event) => event.lane === lane);
              const upTo = ofLane.slice(0, Number(folded_to)).reduce((sum, event) => sum + event.uses, 0);
              expect(folded_uses).toBe(String(upTo));
              // The last event may have many.
              expect(Number(uses) - upTo).toBeLessThan(2000);
            }
          },
        ),
        { numRuns: 25 },
      ),
    60_000,
  );

  it('leave at most 250 uses of one payer and key to be read', async () => {
    await write(
      Array.from({ length: 30 }, () => ({ lane: 0, uses: 41, isScattered: false })),
      [7],
    );
    const [fold] = await folds();
    expect(Number(fold!.uses)).toBe(1230);
    expect(Number(fold!.uses) - Number(fold!.folded_uses)).toBeLessThan(250);
  });

  it('are whole where each use has a key of its own', async () => {
    await write(
      Array.from({ length: 49 }, () => ({ lane: 0, uses: 40, isScattered: true })),
      [7],
    );
    expect(await folds()).toMatchObject([{ uses: '1960', folded_uses: '0' }]);
    expect(await sums()).toEqual([]);
  });
});
