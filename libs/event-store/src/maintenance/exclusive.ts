import type { Pool } from 'pg';

/** Advisory lock of maintenance commands: `tgmn` in ASCII. */
const lockKey = 0x74676d6e;

/**
 * Runs one maintenance command at a time per database. The lock goes with its connection, so a command that died leaves none.
 * @throws Error when another one is at work.
 */
export async function exclusively<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let lost: Error | undefined;
  const onError = (error: Error) => (lost = error);
  client.on('error', onError);
  try {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockKey]);
    if (!rows[0]!.locked)
      throw new Error('another maintenance command is at work on this database: wait until it ends');
    return await work();
  } finally {
    client.removeListener('error', onError);
    // Closed rather than kept: the lock must not go back into the pool.
    client.release(lost ?? true);
  }
}
