import { relative } from 'node:path';
import { root } from './root.ts';

/**
 * Spec files that take long, with their seconds on two cores. Jest begins with the largest files,
 * and a short file may take a minute: at the end one core would wait for it.
 */
export const longSpecs: Readonly<Record<string, number>> = {
  'e2e/src/chaos/chaos.spec.ts': 280,
  'e2e/src/api/races-and-repeats.spec.ts': 170,
  'e2e/src/api/api.spec.ts': 265,
  'e2e/src/edge/edge.spec.ts': 160,
  'apps/wallet/simulation/src/simulation.spec.ts': 145,
  'e2e/src/chaos/three-brokers.spec.ts': 65,
  'apps/gateway/src/directory/directory.spec.ts': 20,
  'apps/gateway/src/http/requests/requests.http.spec.ts': 20,
  'apps/gateway/src/http/apps/withdrawn.http.spec.ts': 15,
  'apps/gateway/src/http/apps/websockets.http.spec.ts': 15,
  'apps/gateway/src/http/credentials/credentials.http.spec.ts': 20,
  'apps/gateway/src/http/models/replay-bounds.http.spec.ts': 20,
  'apps/gateway/src/http/models/image-tasks.http.spec.ts': 20,
  'apps/gateway/src/http/models/repeated-tasks.http.spec.ts': 15,
  'apps/gateway/src/http/models/replays.http.spec.ts': 30,
  'apps/gateway/src/http/models/broken-streams.http.spec.ts': 20,
  'apps/gateway/src/http/models/sdk-retries.http.spec.ts': 12,
  'libs/event-store/src/postgres/lanes-apart.spec.ts': 34,
  'libs/event-store/src/maintenance/restore-service.spec.ts': 28,
  'libs/event-store/src/postgres/postgres-event-store.spec.ts': 27,
  'e2e/src/benches/wallet-queries.spec.ts': 95,
  'e2e/src/benches/usage-queries.spec.ts': 30,
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
  'apps/metering/src/http/held-back.http.spec.ts': 15,
  'simulations/slices/src/simulation.spec.ts': 25,
  'apps/metering/src/http/corrections/corrections.http.spec.ts': 25,
  'apps/metering/src/http/usage-alerts/usage-alerts.http.spec.ts': 20,
  'libs/service/src/pulled-cable.spec.ts': 24,
  'libs/service/src/postgres-and-kafka.spec.ts': 20,
  'libs/event-bus/src/kafka/kafka-log.cluster.spec.ts': 18,
  'tools/checks/src/contracts/new-events.spec.ts': 16,
  'tools/checks/src/tables/tables.spec.ts': 16,
  'apps/wallet/src/http/ledger/ledger.http.spec.ts': 16,
  'apps/metering/src/http/charges/minimum-charges.http.spec.ts': 16,
  'apps/app-registry/src/http/quotes/quotes.http.spec.ts': 16,
  'apps/app-registry/src/http/subscriptions/subscriptions.http.spec.ts': 16,
  'libs/contracts/src/receipt/check-receipt.spec.ts': 16,
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
