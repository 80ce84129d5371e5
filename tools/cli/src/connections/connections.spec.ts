import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '../output/failure.ts';
import { findConnections } from './connections.ts';

const homeBefore = process.env['TOKENGRID_HOME'];
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'tokengrid-cli-'));
  process.env['TOKENGRID_HOME'] = home;
});
afterAll(() => {
  if (homeBefore === undefined) delete process.env['TOKENGRID_HOME'];
  else process.env['TOKENGRID_HOME'] = homeBefore;
  rmSync(home, { recursive: true });
});

describe('connections, where no stack runs', () => {
  it('are those of the environment: a database per service on one server', () => {
    const found = findConnections({ KAFKA_BROKERS: 'one:9092, two:9092', DATABASE_URL: 'postgres://u:p@db:5432/any' });
    expect(found.brokers).toEqual(['one:9092', 'two:9092']);
    expect(found.databaseOf('app-registry')).toBe('postgres://u:p@db:5432/app_registry');
  });

  it('take the URL of one service before that of the server', () => {
    const env = {
      KAFKA_BROKERS: 'one:9092',
      DATABASE_URL: 'postgres://db/any',
      DATABASE_URL_APP_REGISTRY: 'postgres://other/apps',
    };
    expect(findConnections(env).databaseOf('app-registry')).toBe('postgres://other/apps');
  });

  it('do not need databases for what only reads topics', () => {
    const found = findConnections({ KAFKA_BROKERS: 'one:9092' });
    expect(() => found.databaseOf('wallet')).toThrow(
      new Failure('No database for wallet: set DATABASE_URL_WALLET, or DATABASE_URL for all services.'),
    );
  });

  it('say what to do when there are none', () => {
    expect(() => findConnections({})).toThrow(/No stack is running.*npm run up.*Or set KAFKA_BROKERS/);
  });
});
