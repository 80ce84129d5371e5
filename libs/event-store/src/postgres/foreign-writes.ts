import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';
import type { Projection } from '../projection.ts';
import { valueOf } from '../settled.ts';
import { planOnce, refusalOf, writeProjection, writerTo } from './lane-transaction.ts';
import { checkOut, giveBack, inOneGo, rollBack, type Statement } from './transaction.ts';
import { ownDeletes } from './watched-tables.ts';

/** Events of one lane that a projection is to apply. */
export interface ProjectedEvents {
  readonly projection: Projection<DomainEvent>;
  readonly lane: number;
  readonly events: readonly Recorded<DomainEvent>[];
}

/** What is written in one transaction. */
export interface ForeignWrites {
  /** First statement, such as the move of the marks. */
  readonly first: QueryConfig;
  /** Its throw ends the transaction without effect. */
  readonly check: (result: QueryResult) => void;
  readonly projected: readonly ProjectedEvents[];
  /** Further work behind the first statement. */
  readonly further?: ((client: PoolClient) => Promise<void>) | undefined;
  /** Longest wait for a row that another transaction holds; as long as it takes, if absent. */
  readonly lockTimeoutMs?: number | undefined;
}

/**
 * Writes rows of other services' events in one transaction and two round trips: the first
 * statement; then the rows and the commit.
 */
export async function writeForeign(
  pool: Pool,
  { first, check, projected, further, lockTimeoutMs }: ForeignWrites,
): Promise<void> {
  const client = await checkOut(pool);
  try {
    const patience = lockTimeoutMs === undefined ? '' : `; set local lock_timeout = ${lockTimeoutMs}`;
    const [begun, answer] = await inOneGo(client, (send) => {
      send(`begin; ${planOnce}; ${ownDeletes}${patience}`);
      send(first);
    });
    valueOf(begun!);
    check(valueOf(answer!));
    await further?.(client);
    const write = async (send: (statement: Statement) => void) => {
      for (const { projection, lane, events } of projected)
        await writeProjection(writerTo(send), projection, lane, events);
    };
    const refusal = refusalOf(await inOneGo(client, write, 'commit'));
    if (refusal) throw refusal;
  } catch (error) {
    await rollBack(client);
    throw error;
  }
  giveBack(client);
}
