import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { Connection } from '../stack/connection.ts';
import { headOf } from '../stack/market.ts';
import type { Stage } from './stage.ts';

const patienceMs = 600_000;

interface Accrual {
  readonly role: string;
  readonly uses: number;
  readonly tokens: string;
}

/** What has arrived at the end of the chain. */
export class Arrivals {
  private readonly settlement: Connection;

  constructor(private readonly stage: Stage) {
    this.settlement = new Connection(stage.urls.settlement, headOf(stage.operatorKey));
  }

  /**
   * Waits until as many uses are accrued.
   * @returns milliseconds
   * @throws Error where they stop coming
   */
  async accrued(uses: number): Promise<number> {
    const start = performance.now();
    let last = { uses: -1, at: start };
    for (;;) {
      const now = await this.usesAccrued();
      if (now === uses) return performance.now() - start;
      if (now > uses) throw new Error(`${now} uses were accrued, ${uses} reported`);
      if (now !== last.uses) last = { uses: now, at: performance.now() };
      if (performance.now() - last.at > patienceMs) throw new Error(`${now} of ${uses} uses are accrued, and no more`);
      await delay(50);
    }
  }

  async usesAccrued(): Promise<number> {
    const accruals = await this.accruals('operator');
    return accruals.reduce((sum, { uses }) => sum + uses, 0);
  }

  /**
   * Delays in milliseconds from a use's time, at which it was reported, to its charge, by the
   * wallet's events after a time.
   */
  async chargeDelays(since: number): Promise<{ readonly p50: number; readonly p99: number; readonly uses: number }> {
    const client = new pg.Client({ connectionString: this.stage.postgres.url('wallet') });
    await client.connect();
    try {
      const { rows } = await client.query<{ p50: number; p99: number; uses: number }>(
        `select percentile_cont(0.5) within group (order by delay) as p50,
           percentile_cont(0.99) within group (order by delay) as p99, count(*)::int as uses
         from events, jsonb_array_elements(convert_from(value, 'utf8')::jsonb -> 'uses') use,
           lateral (select events.time - extract(epoch from (use ->> 'time')::timestamptz) * 1000 as delay) charged
         where type = 'WalletCharged' and events.time >= $1
           and extract(epoch from (use ->> 'time')::timestamptz) * 1000 >= $1`,
        [since],
      );
      return rows[0]!;
    } finally {
      await client.end();
    }
  }

  close(): void {
    this.settlement.close();
  }

  private async accruals(party: string): Promise<readonly Accrual[]> {
    const { status, body } = await this.settlement.request('GET', `/v1/accruals?party=${party}&limit=1000`);
    if (status === 503) return this.retried(party);
    if (status !== 200) throw new Error(`GET /v1/accruals: ${status} ${body}`);
    return (JSON.parse(body) as { data: readonly Accrual[] }).data;
  }

  private async retried(party: string): Promise<readonly Accrual[]> {
    await delay(1000);
    return this.accruals(party);
  }
}
