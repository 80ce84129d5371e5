import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { databaseUrl, needsPostgres, reachBrokers, readServers } from './servers.ts';
import { databaseName, databaseOwners } from './services.ts';

describe('servers of the user’s own', () => {
  it('are none when nothing is set', () => {
    const servers = readServers({ KAFKA_BROKERS: '', DATABASE_URL: '' });
    expect(servers).toEqual({ databaseUrls: {} });
    expect(needsPostgres(servers)).toBe(true);
  });

  it('are several brokers when KAFKA_BROKERS lists them', () => {
    expect(readServers({ KAFKA_BROKERS: 'one:9092, [::1]:9093' }).kafkaBrokers).toEqual(['one:9092', '[::1]:9093']);
  });

  it.each(['one', 'one:', 'one:9092,,two:9092', 'kafka://one:9092'])('cannot be KAFKA_BROKERS=%s', (value) => {
    expect(() => readServers({ KAFKA_BROKERS: value })).toThrow(
      'KAFKA_BROKERS must be host:port, several separated by commas',
    );
  });

  it.each(['localhost:5432', 'mysql://localhost/x', 'postgres'])('cannot be DATABASE_URL=%s', (value) => {
    expect(() => readServers({ DATABASE_URL: value })).toThrow('DATABASE_URL must be a URL like postgres://');
  });

  it('spare the embedded Postgres with DATABASE_URL, or with one URL for each owner', () => {
    expect(needsPostgres(readServers({ DATABASE_URL: 'postgres://db/postgres' }))).toBe(false);
    const each = Object.fromEntries(
      databaseOwners.map((owner) => [`DATABASE_URL_${databaseName(owner).toUpperCase()}`, 'postgres://db/x']),
    );
    expect(needsPostgres(readServers(each))).toBe(false);
    expect(needsPostgres(readServers({ ...each, DATABASE_URL_APP_REGISTRY: '' }))).toBe(true);
  });

  it('are found per service by its name', () => {
    const env = { DATABASE_URL_APP_REGISTRY: 'postgres://db/apps', DATABASE_URL_IDENTITY_KEYS: 'postgresql://db/keys' };
    expect(readServers(env).databaseUrls).toEqual({
      'app-registry': 'postgres://db/apps',
      'identity-keys': 'postgresql://db/keys',
    });
  });
});

describe('brokers of the user’s own', () => {
  it('are reached if one of them answers', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await reachBrokers(['127.0.0.1:1', `127.0.0.1:${(server.address() as AddressInfo).port}`]);
    server.close();
  });

  it('are missed by the name of the variable', async () => {
    await expect(reachBrokers(['127.0.0.1:1'])).rejects.toThrow(
      'KAFKA_BROKERS is set to 127.0.0.1:1, and no broker answers there.',
    );
  });
});

describe('the URL of another database', () => {
  it('keeps user, password, host and options', () => {
    expect(databaseUrl('postgres://u:p%40ss@db:5433/postgres?sslmode=require', 'wallet')).toBe(
      'postgres://u:p%40ss@db:5433/wallet?sslmode=require',
    );
  });
});
