import { relative } from 'node:path';
import { root } from './root.ts';

/**
 * Spec files that take long, with their seconds on two cores. Jest begins with the largest files,
 * and a short file may take a minute: at the end one core would wait for it.
 */
export const longSpecs: Readonly<Record<string, number>> = {
  'e2e/src/chaos/chaos.spec.ts': 200,
  'e2e/src/api/races-and-repeats.spec.ts': 150,
  'e2e/src/api/api.spec.ts': 140,
  'apps/wallet/simulation/src/simulation.spec.ts': 60,
  'e2e/src/chaos/three-brokers.spec.ts': 55,
  'libs/event-store/src/postgres/lanes-apart.spec.ts': 34,
  'libs/event-store/src/maintenance/restore-service.spec.ts': 28,
  'libs/event-store/src/postgres/postgres-event-store.spec.ts': 27,
  'e2e/src/benches/wallet-queries.spec.ts': 26,
  'e2e/src/benches/usage-queries.spec.ts': 20,
  'infra/local/src/leftovers.spec.ts': 25,
  'infra/local/src/supervisor.spec.ts': 20,
  'libs/service/src/start-service.spec.ts': 18,
  'infra/local/src/kafka.spec.ts': 13,
  'libs/event-store/src/maintenance/republish-service.spec.ts': 13,
  'apps/settlement/src/http/settlement.http.spec.ts': 13,
  'infra/local/src/lending/lending.spec.ts': 12,
  'libs/event-store/src/maintenance/unreadable-events.spec.ts': 12,
  'libs/event-store/src/lost-tables.spec.ts': 11,
  'libs/event-store/src/in-memory/in-memory-event-store.spec.ts': 11,
  'simulations/chain/src/simulation.spec.ts': 25,
  'apps/metering/src/http/sums/sums.http.spec.ts': 30,
  'simulations/slices/src/simulation.spec.ts': 25,
  'apps/metering/src/http/corrections/corrections.http.spec.ts': 25,
  'apps/metering/src/http/usage-alerts/usage-alerts.http.spec.ts': 20,
  'libs/service/src/pulled-cable.spec.ts': 24,
  'libs/service/src/postgres-and-kafka.spec.ts': 20,
  'libs/event-bus/src/kafka/kafka-log.cluster.spec.ts': 18,
  'tools/checks/src/contracts/new-events.spec.ts': 16,
};

/** A file longer than this is worth a line above. */
export const longFromSeconds = 15;

/** Fields used of jest's tests. */
interface SpecFile {
  readonly path: string;
  readonly context: { readonly hasteFS: { getSize(path: string): number | null } };
}

/** Jest's sequencer for `npm test`: what takes longest begins first, then the largest files. */
export default class LongestFirst {
  sort<File extends SpecFile>(files: readonly File[]): readonly File[] {
    const seconds = ({ path }: SpecFile) => longSpecs[relative(root, path)] ?? 0;
    const size = ({ path, context }: SpecFile) => context.hasteFS.getSize(path) ?? 0;
    return [...files].sort((a, b) => seconds(b) - seconds(a) || size(b) - size(a));
  }

  shard<File>(files: readonly File[]): readonly File[] {
    return files;
  }

  allFailedTests<File>(files: readonly File[]): readonly File[] {
    return files;
  }

  cacheResults(): void {
    // The order is the same on every machine.
  }
}
