import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from '../root.ts';
import { breakingChanges, type Fingerprint, fingerprintOf, type JsonSchema } from './fingerprint.ts';

/** Fingerprints by service, event and version. */
export type Contracts = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Fingerprint>>>>>>;

const lockPath = join(root, 'docs', 'contracts.lock.json');

/** Released contracts: every version that was promised. */
export function releasedContracts(): Contracts {
  return JSON.parse(readFileSync(lockPath, 'utf8')) as Contracts;
}

/**
 * Declared contracts, from the generated schemas (`npm run docs`; their freshness is a separate
 * check).
 */
export function declaredContracts(): Contracts {
  const contracts: Record<string, Record<string, Record<string, Fingerprint>>> = {};
  const folder = join(root, 'docs', 'schemas');
  for (const path of globSync('*/*.json', { cwd: folder }).sort()) {
    const [type, version] = basename(path, '.json').split('.v');
    const events = (contracts[dirname(path)] ??= {});
    const schema = JSON.parse(readFileSync(join(folder, path), 'utf8')) as JsonSchema;
    (events[type!] ??= {})[version!] = fingerprintOf(schema);
  }
  return contracts;
}

/**
 * Contradictions between declared and released contracts, one sentence each. Unreleased versions
 * may change.
 */
export function contractFaults(released: Contracts, declared: Contracts): string[] {
  return versionsOf(released).flatMap(({ service, type, version, fingerprint }) => {
    const now = declared[service]?.[type];
    if (!now) return [`${service} ${type}: was released, and is not declared any more`];
    const current = Math.max(...Object.keys(now).map(Number));
    if (current < version) return [`${service} ${type}: version ${version} was released, ${current} is declared`];
    // An earlier version is read through its upcasters; its golden sample is the test of that.
    if (current > version) return [];
    return breakingChanges(fingerprint, now[version]!).map(
      (change) => `${service} ${type} v${version}: ${change}; use a new version with an upcaster`,
    );
  });
}

/** Adds the declared contracts to the released ones. @returns the number of promised versions */
export function release(released: Contracts, declared: Contracts): number {
  const versions = [...versionsOf(released), ...versionsOf(declared)];
  const merged: Record<string, Record<string, Record<string, Fingerprint>>> = {};
  for (const { service, type, version, fingerprint } of versions) {
    const events = (merged[service] ??= {});
    (events[type] ??= {})[version] = fingerprint;
  }
  writeFileSync(lockPath, `${JSON.stringify(merged, null, 1)}\n`);
  return versionsOf(merged).length;
}

function versionsOf(contracts: Contracts) {
  return Object.entries(contracts).flatMap(([service, events]) =>
    Object.entries(events).flatMap(([type, versions]) =>
      Object.entries(versions).map(([version, fingerprint]) => ({
        ...{ service, type, fingerprint },
        version: Number(version),
      })),
    ),
  );
}
