import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './home.ts';

/** A service of Tokengrid: its default port, and the variable that sets it. */
export interface ServiceAddress {
  readonly name: string;
  readonly port: number;
  readonly portVariable: string;
  /** Databases beside the service's own. */
  readonly otherDatabases: readonly string[];
}

/** Fields read from a package in `apps`. */
interface Manifest {
  readonly nx?: { readonly name?: string; readonly tags?: readonly string[] };
  readonly tokengrid?: { readonly port?: number; readonly databases?: readonly string[] };
}

/** All services, by port: the packages in `apps` with the tag `type:service`. */
export const services: readonly ServiceAddress[] = servicesIn(repositoryRoot);

/** Identity's key store has a database of its own, with a backup of its own. */
export const identityKeys = 'identity-keys';

/** Owners of databases: the services, and those that a service names beside it. */
export const databaseOwners: readonly string[] = services.flatMap(({ name, otherDatabases }) => [
  name,
  ...otherDatabases,
]);

/**
 * Services of a repository.
 * @throws Error for a service without a port in its package, or with another one's
 */
export function servicesIn(root: string): readonly ServiceAddress[] {
  const found = globSync('apps/*/package.json', { cwd: root }).flatMap((path) => {
    const { nx, tokengrid } = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
    if (!nx?.tags?.includes('type:service')) return [];
    const name = path.split(/[\\/]/)[1]!;
    if (tokengrid?.port === undefined)
      throw new Error(`${path}: the service needs a port, as "tokengrid": {"port": 8080}`);
    const portVariable = `${databaseName(name).toUpperCase()}_PORT`;
    return [{ name, port: tokengrid.port, portVariable, otherDatabases: tokengrid.databases ?? [] }];
  });
  const byPort = found.sort((one, other) => one.port - other.port);
  for (const [index, { name, port }] of byPort.entries()) {
    const before = byPort[index - 1];
    if (before?.port === port)
      throw new Error(`apps/${name}/package.json: ${port} is the port of ${before.name} already`);
  }
  return byPort;
}

/** Name of an owner's database in SQL (`app_registry`). */
export function databaseName(owner: string): string {
  return owner.replaceAll('-', '_');
}

export const databases: readonly string[] = databaseOwners.map(databaseName);

/** Services that are built and can be started. */
export function builtServices(): string[] {
  return services.map(({ name }) => name).filter((name) => existsSync(serviceProgram(name)));
}

/**
 * Arguments for node in a service. The larger semi-space holds the objects of a batch of a thousand
 * commands: with node's own 16 MiB they are copied again and again, which took a tenth of a busy
 * service's time.
 */
export const serviceNodeOptions: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=64'];

/** Program of a service. */
export function serviceProgram(name: string): string {
  return join(repositoryRoot, 'apps', name, 'dist', 'main.js');
}
