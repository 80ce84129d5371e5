import type { OnApplicationShutdown } from '@nestjs/common';
import { openDatabase } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { IdentityConfig } from '../config.ts';
import { KeyStore1764200000000 } from './migrations/1764200000000-key-store.ts';
import { SigningKeys1764200000001 } from './migrations/1764200000001-signing-keys.ts';

/**
 * Identity's key store: a separate database, because its data must be forgotten where the log
 * can't.
 */
export class KeyStore implements OnApplicationShutdown {
  private constructor(private readonly source: DataSource) {}

  /** Connects and migrates. @throws Error if the database does not answer */
  static async open(config: IdentityConfig, log: Logger): Promise<KeyStore> {
    const { identityKeysDatabaseUrl: databaseUrl, keyStoreConnections: databasePoolConnections } = config;
    const source = await openDatabase({
      name: 'identity-keys',
      config: { ...config, databaseUrl, databasePoolConnections },
      migrations: [KeyStore1764200000000, SigningKeys1764200000001],
      entities: [],
      log,
    });
    return new KeyStore(source);
  }

  /** Rows of a `select`, or of an `insert … returning`. */
  rows<Row>(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    return this.source.query(sql, [...parameters]);
  }

  /** Runs a statement without result rows. */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<void> {
    await this.source.query(sql, [...parameters]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.source.destroy();
  }
}
