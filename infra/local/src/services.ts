import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './home.ts';

/** A service of Tokengrid: where it listens by default, and by which variable that is set. */
export interface ServiceAddress {
  readonly name: string;
  readonly port: number;
  readonly portVariable: string;
}

/** All services, in the order in which they are listed. */
export const services: readonly ServiceAddress[] = [
  { name: 'gateway', port: 8080, portVariable: 'GATEWAY_PORT' },
  { name: 'identity', port: 8081, portVariable: 'IDENTITY_PORT' },
  { name: 'wallet', port: 8082, portVariable: 'WALLET_PORT' },
  { name: 'app-registry', port: 8083, portVariable: 'APP_REGISTRY_PORT' },
  { name: 'metering', port: 8084, portVariable: 'METERING_PORT' },
  { name: 'settlement', port: 8085, portVariable: 'SETTLEMENT_PORT' },
];

/** Identity's key store has a database of its own, with a backup of its own. */
export const identityKeys = 'identity-keys';

/** Whose databases there are: one per service, and identity's key store. */
export const databaseOwners: readonly string[] = [...services.map(({ name }) => name), identityKeys];

/** The database of a service: its name, as SQL likes it (`app_registry`). */
export function databaseName(owner: string): string {
  return owner.replaceAll('-', '_');
}

export const databases: readonly string[] = databaseOwners.map(databaseName);

/** The services that are built and can be started; those that are not known here come last. */
export function builtServices(): string[] {
  const known = services.map(({ name }) => name);
  const others = readdirSync(join(repositoryRoot, 'apps')).filter((name) => !known.includes(name));
  return [...known, ...others.sort()].filter((name) => existsSync(serviceProgram(name)));
}

/**
 * How node is started for a service. With room for what a batch of a thousand commands makes before any of it is garbage: with node's own 16 MiB it is
 * copied about again and again, which took a tenth of a busy service's time.
 */
export const serviceNodeOptions: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=64'];

/** What node runs for a service. */
export function serviceProgram(name: string): string {
  return join(repositoryRoot, 'apps', name, 'dist', 'main.js');
}
