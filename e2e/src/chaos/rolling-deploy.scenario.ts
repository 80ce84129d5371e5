import { describe, expect, it } from '@jest/globals';
import type { Catalogue } from '@tokengrid/contracts';
import { projectionSubscriber } from '@tokengrid/event-bus';
import { createEventStoreTables, restoreService } from '@tokengrid/event-store';
import pg from 'pg';
import { eventually } from './eventually.ts';
import { expectAllHolds } from './holds.ts';
import type { Load } from './load.ts';
import { catalogueOf, countedPurse, type Release } from './purse-domain.ts';
import { createProjectionTables, purseBalances, purseTotals } from './purse-projections.ts';
import { seed } from './random.ts';
import type { OpenScenario, Scenario } from './scenario.ts';

const newer = (release: Release) => ({ writes: release, reads: release });
const readAs = (scenario: Scenario, release: Release) =>
  (scenario.catalogue = catalogueOf(scenario.config.service, release) as unknown as Catalogue);

async function expectNothingParked({ pool }: Scenario): Promise<void> {
  const { rows } = await pool.query('select subscriber, lane, sequence, reason from parked_events');
  expect(rows).toEqual([]);
}

/** Expects that no living process reports a stop; a new one may report that it catches up. */
async function expectNothingHeldUp(scenario: Scenario): Promise<void> {
  await expectNothingParked(scenario);
  await eventually('nothing stands still', async () => {
    const alive = scenario.processes.filter(({ isAlive }) => isAlive);
    return (await Promise.all(alive.map((process) => process.problems()))).flat().length === 0;
  });
}

const storedWith = async ({ pool }: Scenario, word: string) => {
  const { rows } = await pool.query<{ events: number }>(
    "select count(*)::int as events from events where position($1 in convert_from(value, 'UTF8')) > 0",
    [word],
  );
  return rows[0]!.events;
};

/** Fills a database of an older release from a topic that a newer one wrote to, too. */
async function expectRestorable({ config, pool, log, catalogue }: Scenario): Promise<void> {
  const url = new URL(config.databaseUrl);
  const name = `${url.pathname.slice(1)}_restored`;
  await pool.query(`create database ${name}`);
  url.pathname = name;
  const fresh = new pg.Pool({ connectionString: url.href, max: 4 });
  try {
    await createEventStoreTables(fresh);
    await fresh.query(createProjectionTables);
    const foreign = { subscriber: projectionSubscriber(purseTotals.name), catalogue, projection: purseTotals as never };
    const projections = [purseBalances as never];
    await restoreService({ pool: fresh, isOwn: true, log, catalogue, projections, foreignProjections: [foreign] });
    for (const table of ['purse_balances', 'purse_totals']) {
      const sql = `select purse, tokens::text from ${table} order by purse`;
      expect((await fresh.query(sql)).rows).toEqual((await pool.query(sql)).rows);
    }
  } finally {
    await fresh.end();
  }
}

async function expectRefused(scenario: Scenario, place: number): Promise<void> {
  const command = { id: crypto.randomUUID(), purseId: countedPurse, tokens: 1n, toPurse: undefined };
  const answer = await scenario.processes[place]!.ask({ kind: 'command', command });
  expect(answer).toMatchObject({ kind: 'failure', name: 'StreamUnreadable' });
}

/** Processes of two releases on the same database and topic, and back. */
export function rollingDeploys(open: OpenScenario): void {
  describe(`a release beside a newer one (seed ${seed})`, () => {
    it('reads past a field that the newer one adds, and goes on alone: nothing is parked, nothing stands still', async () => {
      const scenario = await open('new-field');
      for (const place of [0, 1]) await scenario.start({}, place);
      const load = scenario.load();
      await load.acknowledges(100);
      const added = await scenario.start(newer('new-field'));
      await load.acknowledges(400);
      await expectNothingHeldUp(scenario);
      // Once around: the newer release alone, then the older one again.
      for (const place of [0, 1]) await scenario.processes[place]!.kill();
      await load.acknowledges(100);
      await scenario.start({}, 0);
      await added.kill();
      await load.acknowledges(200);
      await load.stop();
      expect(await storedWith(scenario, '"memo"')).toBeGreaterThan(20);
      for (const release of ['old', 'new-field'] as const) {
        readAs(scenario, release);
        await expectAllHolds(scenario, load);
      }
      await expectNothingHeldUp(scenario);
      readAs(scenario, 'old');
      await expectRestorable(scenario);
    });

    it('goes on around an event that only the newer one knows: its stream alone waits for the newer one', async () => {
      const scenario = await open('new-event');
      const old = await scenario.start({}, 0);
      const load = scenario.load();
      const added = await scenario.start(newer('new-event'), 1);
      await load.depositIn(countedPurse, added);
      await load.acknowledges(200);
      await expectRefused(scenario, 0);
      await expectNothingHeldUp(scenario);
      await added.kill();
      await load.acknowledges(200);
      await expectRefused(scenario, 0);
      await expectNothingHeldUp(scenario);
      const back = await scenario.start(newer('new-event'), 1);
      await load.depositIn(countedPurse, back);
      await old.kill();
      await load.acknowledges(50);
      await load.stop();
      readAs(scenario, 'new-event');
      await expectAllHolds(scenario, load);
      await expectNothingHeldUp(scenario);
      expect(await storedWith(scenario, '{"tokens":"0"}')).toBe(2);
    });

    it('parks nothing for a version that only the newer one reads, and what waited goes on with the newer one', async () => {
      const scenario = await open('new-version');
      const old = await scenario.start({}, 0);
      // Commands to streams with such events find a process that can read them.
      const load: Load = scenario.load({ passing: ['StreamUnreadable'] });
      await load.acknowledges(100);
      await scenario.start(newer('new-version'), 1);
      await load.acknowledges(300);
      await expectNothingParked(scenario);
      await old.kill();
      await scenario.start(newer('new-version'), 0);
      await load.acknowledges(100);
      await load.stop();
      readAs(scenario, 'new-version');
      await expectAllHolds(scenario, load);
      await expectNothingHeldUp(scenario);
    });
  });
}
