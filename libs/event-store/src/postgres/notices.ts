import type { Pool, PoolClient } from 'pg';
import type { StorageListener } from '../storage.ts';

export const storedChannel = 'tokengrid_stored';
export const publishedChannel = 'tokengrid_published';

const retryMs = 250;

/**
 * Listens for other processes' notices, over a connection of its own that is reopened when it
 * breaks. Notices only speed up what polling would find, so lost ones do no harm.
 */
export async function listenForNotices(
  pool: Pool,
  listener: StorageListener,
  onError: (error: unknown) => void,
): Promise<() => Promise<void>> {
  let closed = false;
  let client: PoolClient | undefined;
  let timer: NodeJS.Timeout | undefined;

  const reconnect = (error: unknown) => {
    client?.release(error instanceof Error ? error : true);
    client = undefined;
    if (closed) return;
    onError(error);
    timer = setTimeout(() => void connect().catch(reconnect), retryMs);
  };
  const connect = async () => {
    const fresh = await pool.connect();
    if (closed) return fresh.release();
    client = fresh;
    client.on('notification', ({ channel, payload = '' }) => {
      const [lane, sequence] = payload.split(':').map(Number);
      if (channel === storedChannel) listener.stored(lane!);
      else if (channel === publishedChannel) listener.published(lane!, sequence!);
    });
    client.once('error', reconnect);
    await client.query(`listen ${storedChannel}; listen ${publishedChannel}`);
  };
  await connect();
  return async () => {
    closed = true;
    clearTimeout(timer);
    client?.removeAllListeners('error');
    client?.release(true);
  };
}
