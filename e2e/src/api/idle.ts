import { setTimeout as passing } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { services, type Tokengrid } from './tokengrid.ts';

const windowMs = 10_000;
/** Leases beat 1.3 times a second; looks for losses, replays and the like are the rest. */
const mostPerProcess = (4 * windowMs) / 1000;
/** What earlier scenarios left to do is over by then. */
const mostWindows = 9;

/** What a stack costs that nobody uses. */
export function idle(grid: () => Tokengrid): void {
  describe('while nobody asks for anything', () => {
    it('asks Postgres at most four times a second in each process', async () => {
      const { postgres, instances } = grid().stack.run;
      const database = new pg.Client({ connectionString: postgres['wallet']! });
      await database.connect();
      try {
        let busy: readonly string[] = [];
        for (let windows = 0; windows < mostWindows; windows++) {
          const before = await transactions(database);
          await passing(windowMs);
          const after = await transactions(database);
          busy = services.flatMap((service) => {
            const name = new URL(postgres[service]!).pathname.slice(1);
            const count = after.get(name)! - before.get(name)!;
            const most = mostPerProcess * (instances[service]?.length ?? 1);
            return count > most ? [`${service}: ${count} transactions in ${windowMs} ms, ${most} expected`] : [];
          });
          if (busy.length === 0) return;
        }
        expect(busy).toEqual([]);
      } finally {
        await database.end();
      }
    }, 120_000);
  });
}

/** Transactions of all databases so far, by name. */
async function transactions(database: pg.Client): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.query<{ name: string; count: string }>(
    'select datname as name, xact_commit + xact_rollback as count from pg_stat_database where datname is not null',
  );
  return new Map(rows.map(({ name, count }) => [name, Number(count)]));
}
