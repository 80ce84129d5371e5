import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';

/** A connection that breaks between two statements says so by an event; the next statement fails, which is where it is met. */
const ignore = () => undefined;

/** Takes a connection out of the pool; to be given back with {@link giveBack}. */
export async function checkOut(pool: Pool): Promise<PoolClient> {
  const client = await pool.connect();
  client.on('error', ignore);
  return client;
}

/** Gives a connection back; one that failed is closed, and serves nobody any more. */
export function giveBack(client: PoolClient, failure?: unknown): void {
  client.removeListener('error', ignore);
  client.release(failure === undefined ? undefined : failure instanceof Error ? failure : true);
}

/** What a pipelined connection of `pg` writes to. */
interface Connected {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

/** A statement to send; without parameters it may be several at once, which `pg` answers with as many results. */
export type Statement = QueryConfig | string;

/**
 * `pg` refuses by itself what it cannot put into a message, without a word to Postgres. It says so before it comes back to the event loop: at
 * once, or in its next tick.
 */
async function untilRefusalsAreKnown(): Promise<void> {
  // One tick for what `pg` says, and one for it to be heard.
  for (let tick = 0; tick < 2; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
}

/**
 * Sends all statements that `state` gives to `send` in one write, so that Postgres and the network are woken once for them, and waits for
 * all answers, whatever fails: nothing may be sent behind them while it is not known how they end.
 * @param last a statement to go behind them, unless one of them could not be sent: such as the commit of all of them
 * @returns the answers, in the order of the statements
 * @throws what `state` throws
 */
export async function inOneGo(
  client: PoolClient,
  state: (send: (statement: Statement) => void) => void | Promise<void>,
  last?: Statement,
): Promise<readonly PromiseSettledResult<QueryResult>[]> {
  const answers: Promise<QueryResult>[] = [];
  const { stream } = (client as unknown as Connected).connection;
  stream.cork();
  let failure: { readonly error: unknown } | undefined;
  let isRefused = false;
  const send = (statement: Statement) => {
    const answer = client.query(statement);
    answer.catch(() => (isRefused = true));
    answers.push(answer);
  };
  try {
    await state(send);
    if (last !== undefined) {
      await untilRefusalsAreKnown();
      if (!isRefused) send(last);
    }
  } catch (error) {
    failure = { error };
  } finally {
    stream.uncork();
  }
  const settled = await Promise.allSettled(answers);
  if (failure) throw failure.error;
  return settled;
}

/** Ends a transaction without effect and gives its connection back. Never throws. */
export async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('rollback');
    giveBack(client);
  } catch (failure) {
    giveBack(client, failure);
  }
}

/**
 * Does the work in one transaction on a connection of its own: all of it, or nothing when it throws.
 * @param settings statements to begin with, for this transaction alone (`set local …`)
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  settings = '',
): Promise<T> {
  const client = await checkOut(pool);
  let result: T;
  try {
    await client.query(settings === '' ? 'begin' : `begin; ${settings}`);
    result = await work(client);
    await client.query('commit');
  } catch (error) {
    await rollBack(client);
    throw error;
  }
  giveBack(client);
  return result;
}
