import type { Pool } from 'pg';

/** Advisory lock of maintenance commands: `tgmn` in ASCII. */
const lockKey = 0x74676d6e;

/**
 * Runs one maintenance command at a time per database. The lock belongs to the connection, so a
 * dead command leaves none.
 * @throws Error if another one is running
 */
export async function exclusively<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // A broken connection releases the lock; the work's own connections notice for themselves.
  client.on('error', () => undefined);
  try {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockKey]);
    if (!rows[0]!.locked)
      throw new Error('another maintenance command is running on this database: wait until it ends');
    try {
      return await work();
    } finally {
      await client.query('select pg_advisory_unlock($1)', [lockKey]).catch(() => undefined);
    }
  } finally {
    // Closed rather than reused: a connection that still holds the lock must not return to the
    // pool.
    client.release(true);
  }
}
