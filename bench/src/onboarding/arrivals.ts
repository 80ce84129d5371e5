import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Stage } from './stage.ts';

const patienceMs = 120_000;
const lookEveryMs = 100;

/** Progress of the services' databases. */
export class Arrivals {
  private constructor(private readonly clients: ReadonlyMap<string, pg.Client>) {}

  static async of({ databases, postgres }: Stage): Promise<Arrivals> {
    const clients = databases.map(async (database) => {
      const client = new pg.Client({ connectionString: postgres.url(database) });
      await client.connect();
      return [database, client] as const;
    });
    return new Arrivals(new Map(await Promise.all(clients)));
  }

  /**
   * Waits until the registered parties are everywhere: each has its wallet, metering knows it, and
   * every service has the keys.
   * @returns number of parties
   * @throws Error if they stop coming
   */
  async everywhere(): Promise<number> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      await this.still();
      const parties = await this.count('identity', 'parties');
      const keys = await this.count('identity', 'party_keys');
      const found = [
        await this.count('wallet', 'wallets'),
        await this.count('metering', 'known_parties'),
        ...(await Promise.all([...this.clients.keys()].map((database) => this.count(database, 'api_keys')))),
      ];
      if (found.every((count, at) => count === (at < 2 ? parties : keys))) return parties;
      if (performance.now() > deadline)
        throw new Error(`${parties} parties with ${keys} keys, but ${found.join(', ')}`);
    }
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) await client.end();
  }

  /** Waits until identity and the wallet store no events: counting rows meanwhile would cost. */
  private async still(): Promise<void> {
    for (let before = -1; ;) {
      const stored = (await this.events('identity')) + (await this.events('wallet'));
      if (stored === before) return;
      before = stored;
      await delay(lookEveryMs);
    }
  }

  private events(database: string): Promise<number> {
    return this.number(database, 'select sum(sequence)::int as number from lanes');
  }

  private count(database: string, table: string): Promise<number> {
    return this.number(database, `select count(*)::int as number from ${table}`);
  }

  private async number(database: string, sql: string): Promise<number> {
    const { rows } = await this.clients.get(database)!.query<{ number: number }>(sql);
    return rows[0]!.number;
  }
}
