import type { Pool } from 'pg';

/** Advisory lock of maintenance commands: `tgmn` in ASCII. */
const lockKey = 0x74676d6e;

/**
 * Runs one maintenance command at a time per database. The lock goes with its connection, so a command that died leaves none.
 * @throws Error when another one is at work.
 */
export async function exclusively<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // A connection that breaks takes the lock with it; the work's own connections find out for themselves.
  client.on('error', () => undefined);
  try {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockKey]);
    if (!rows[0]!.locked)
      throw new Error('another maintenance command is at work on this database: wait until it ends');
    try {
      return await work();
    } finally {
      await client.query('select pg_advisory_unlock($1)', [lockKey]).catch(() => undefined);
    }
  } finally {
    // Closed rather than kept: should the lock not have been given back, it must not go back into the pool.
    client.release(true);
  }
}
