import type { PoolClient } from 'pg';

const lockTimeoutMs = 2000;
const idleTimeoutMs = 10_000;
const attempts = 10;
const pauseMs = 500;

/** `lock_not_available` and `deadlock_detected`. */
const lockStates: readonly unknown[] = ['55P03', '40P01'];

/**
 * Runs the final transaction of a rebuild: takes the locks, then runs `work` once. Waiting for a
 * table in use blocks the live service, so it waits only briefly, releases all locks, and retries.
 * @throws Error if the tables are constantly in use
 */
export async function swapInTransaction(
  client: PoolClient,
  lock: () => Promise<void>,
  work: () => Promise<void>,
): Promise<void> {
  await lockedTransaction(client, lock);
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function lockedTransaction(client: PoolClient, lock: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(
        `begin; set local synchronous_commit = on; set local lock_timeout = ${lockTimeoutMs};
         set local idle_in_transaction_session_timeout = ${idleTimeoutMs}`,
      );
      return await lock();
    } catch (error) {
      await client.query('rollback');
      if (!lockStates.includes((error as { code?: unknown }).code)) throw error;
      if (attempt === attempts) {
        const reason = 'the tables are constantly in use (a backup, a long query?): try again later';
        throw new Error(`the rebuilt tables could not be put in place: ${reason}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
