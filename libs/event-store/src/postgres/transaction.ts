import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';

/**
 * A connection that breaks between two statements emits an error; the next statement fails, and
 * handles it.
 */
const ignore = () => undefined;

/** Takes a connection from the pool; return it with {@link giveBack}. */
export async function checkOut(pool: Pool): Promise<PoolClient> {
  const client = await pool.connect();
  client.on('error', ignore);
  return client;
}

/** Returns a connection; a failed one is closed. */
export function giveBack(client: PoolClient, failure?: unknown): void {
  client.removeListener('error', ignore);
  client.release(failure === undefined ? undefined : failure instanceof Error ? failure : true);
}

/** Output of a pipelined `pg` connection. */
interface Connected {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

/**
 * A statement to send; without parameters it may be several, which `pg` answers with as many
 * results.
 */
export type Statement = QueryConfig | string;

/**
 * Waits for refusals by `pg` itself: a message that it can't encode is rejected at once or in its
 * next tick, before Postgres is contacted.
 */
async function untilRefusalsAreKnown(): Promise<void> {
  // One tick for `pg` to report, and one for the report to be heard.
  for (let tick = 0; tick < 2; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
}

/**
 * Sends all statements that `state` passes to `send` in one write, so that Postgres and the network
 * wake once, and waits for all answers even after a failure: nothing may be sent behind them while
 * their end is unknown.
 * @param last a statement to send behind them, unless one of them could not be sent: such as their
 * commit
 * @returns the answers, in the order of the statements
 * @throws the error of `state`
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

/** Ends a transaction without effect and returns its connection. Never throws. */
export async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('rollback');
    giveBack(client);
  } catch (failure) {
    giveBack(client, failure);
  }
}

/**
 * Runs the work in one transaction on a connection of its own; a throw rolls it back.
 * @param settings first statements, for this transaction only (`set local …`)
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
