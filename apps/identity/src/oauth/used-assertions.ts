import { hash } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { poolOf, Repeating, serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { IdentityConfig } from '../config.ts';

/** Kind of state in `oauth_states`. */
const model = 'ReplayDetection';

/** Client assertions that were used, by a hash of their id; removed once they have expired. */
@Injectable()
export class UsedAssertions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sweeps: Repeating;

  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    @Inject(serviceConfig) { secretSweepMs }: Pick<IdentityConfig, 'secretSweepMs'>,
    @Inject(serviceLog) log: Logger,
  ) {
    this.sweeps = new Repeating(
      () => this.removeExpired(),
      secretSweepMs,
      (error) => log.warn({ err: error }, 'expired client assertions could not be removed; the next sweep retries'),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeps.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.sweeps.stop();
  }

  /**
   * Marks an assertion as used, in one statement: of two requests at once, one is the first.
   * @returns false for one that was used before
   */
  async use(id: string, seconds: number): Promise<boolean> {
    const { rowCount } = await poolOf(this.database).query(
      `insert into oauth_states (model, id_hash, expires_at) values ($1, $2, now() + $3 * interval '1 second')
       on conflict (model, id_hash) do nothing`,
      [model, hash('sha256', id, 'buffer'), seconds],
    );
    return rowCount === 1;
  }

  async removeExpired(): Promise<void> {
    await poolOf(this.database).query('delete from oauth_states where expires_at <= now()');
  }
}
