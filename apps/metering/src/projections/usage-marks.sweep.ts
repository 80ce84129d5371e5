import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { inTransaction, ownDeletes, StorageClock } from '@tokengrid/event-store';
import { poolOf, Repeating, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { repeatsToldMs } from '../decisions/rules/marks.ts';
import { markDayOf, markParts } from './usage-marks.projection.ts';

/**
 * Time for which marks are kept after they are stored: that in which repeats are told, which begins
 * at the use, up to an hour later by the reporter's clock, and the rest of the day.
 */
export const marksKeptMs = repeatsToldMs + 2 * 24 * 60 * 60 * 1000;

/** Emptying waits briefly for the lanes' batches, which wait for it meanwhile. */
const lockTimeoutMs = 1000;
const sweepEveryMs = 60 * 60 * 1000;

/**
 * Empties partitions of marks of which none is needed any more.
 * @param time epoch milliseconds
 * @returns names of the emptied partitions
 */
export async function emptyOldMarks(pool: Pool, time: number): Promise<readonly string[]> {
  const lastDay = markDayOf(time - marksKeptMs);
  const emptied: string[] = [];
  for (let part = 0; part < markParts; part++) {
    const table = `usage_marks_${part}`;
    if (!(await isOld(pool, table, lastDay))) continue;
    const isEmptied = await inTransaction(
      pool,
      async (client) => {
        await client.query(`lock table ${table} in access exclusive mode`);
        // A lane may have begun to fill it anew meanwhile.
        if (!(await isOld(client, table, lastDay))) return false;
        await client.query(`truncate ${table}`);
        return true;
      },
      `${ownDeletes}; set local lock_timeout = ${lockTimeoutMs}`,
    );
    if (isEmptied) emptied.push(table);
  }
  return emptied;
}

/** True if a partition has marks, all of them of the day or before it. */
async function isOld(client: Pick<Pool | PoolClient, 'query'>, table: string, lastDay: number): Promise<boolean> {
  const { rows } = await client.query<{ is_old: boolean }>(
    `select exists (select from ${table})
       and not exists (select from ${table} where stored_on > date '1970-01-01' + $1::int) as is_old`,
    [lastDay],
  );
  return rows[0]!.is_old;
}

/** Empties old partitions of marks, at start and every hour, in whichever process. */
@Injectable()
export class UsageMarksSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sweeps = new Repeating(
    () => this.sweep(),
    sweepEveryMs,
    (error) => this.log.warn({ err: error }, 'old marks of uses could not be emptied; the next sweep retries'),
  );

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly clock: StorageClock,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeps.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.sweeps.stop();
  }

  private async sweep(): Promise<void> {
    const emptied = await emptyOldMarks(poolOf(this.dataSource), this.clock.now());
    if (emptied.length > 0) this.log.info(`${emptied.join(', ')}: emptied of marks that no repeat needs any more`);
  }
}
