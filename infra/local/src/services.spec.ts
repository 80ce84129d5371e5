import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from './home.ts';
import { databaseOwners, services, servicesIn } from './services.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tokengrid-services-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes the package of an app. */
function app(name: string, content: object): void {
  mkdirSync(join(root, 'apps', name), { recursive: true });
  writeFileSync(join(root, 'apps', name, 'package.json'), JSON.stringify(content));
}
const nx = { tags: ['type:service'] };

describe('the services of a repository', () => {
  it('are found by their packages, in the order of their ports', () => {
    app('price-board', { nx, tokengrid: { port: 8086 } });
    app('gateway', { nx, tokengrid: { port: 8080, databases: ['gateway-cache'] } });
    app('console', { nx: { tags: ['type:console'] } });
    expect(servicesIn(root)).toEqual([
      { name: 'gateway', port: 8080, portVariable: 'GATEWAY_PORT', otherDatabases: ['gateway-cache'] },
      { name: 'price-board', port: 8086, portVariable: 'PRICE_BOARD_PORT', otherDatabases: [] },
    ]);
  });

  it('each say where they listen', () => {
    app('gateway', { nx });
    expect(() => servicesIn(root)).toThrow(/^apps\/gateway\/package.json: the service needs a port/);
  });

  it('listen on ports of their own', () => {
    app('gateway', { nx, tokengrid: { port: 8080 } });
    app('console', { nx, tokengrid: { port: 8080 } });
    expect(() => servicesIn(root)).toThrow(/: 8080 is the port of (console|gateway) already$/);
  });

  it('are here all that there is a folder of', () => {
    expect(services.map(({ name }) => name).sort()).toEqual(readdirSync(join(repositoryRoot, 'apps')).sort());
    expect(databaseOwners).toEqual(expect.arrayContaining(['identity', 'identity-keys', 'wallet']));
  });
});
