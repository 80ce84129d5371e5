import type { StoredEvent } from '@tokengrid/contracts';
import type { Pool, PoolClient } from 'pg';
import { eventArrays, eventColumns, eventUnnest } from '../postgres/event-rows.ts';
import { checkOut, giveBack, rollBack } from '../postgres/transaction.ts';

const batchEvents = 4000;

/**
 * Brings a lane's retired events back in one transaction. It ends once the topic was read up to the
 * database's events: if they differ, nothing was added.
 */
export class Refill {
  private events: StoredEvent[] = [];
  private client: PoolClient | undefined;
  /** Number of events brought back. */
  count = 0;

  /** @param first sequence of the lane's first stored event */
  constructor(
    private readonly pool: Pool,
    private readonly lane: number,
    private readonly first: number,
  ) {}

  take(event: StoredEvent): void {
    if (event.sequence < this.first) this.events.push(event);
  }

  async writeFull(): Promise<void> {
    if (this.events.length >= batchEvents) await this.write();
  }

  async commit(): Promise<void> {
    await this.write();
    if (!this.client) return;
    await this.client.query('commit');
    giveBack(this.client);
    this.client = undefined;
  }

  async rollback(): Promise<void> {
    if (this.client) await rollBack(this.client);
    this.client = undefined;
  }

  private async write(): Promise<void> {
    if (this.events.length === 0) return;
    if (!this.client) {
      this.client = await checkOut(this.pool);
      await this.client.query('begin; set local statement_timeout = 0');
    }
    const insert = `insert into events (${eventColumns}) select $1::int, event.* from unnest(${eventUnnest(2)}) event`;
    await this.client.query(insert, [this.lane, ...eventArrays(this.events)]);
    this.count += this.events.length;
    this.events = [];
  }
}
