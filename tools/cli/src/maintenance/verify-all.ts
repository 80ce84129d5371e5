import type { Catalogue } from '@tokengrid/contracts';
import {
  compareWithDatabase,
  type EventLog,
  type LaneCompared,
  type LaneVerified,
  type MaintenanceOptions,
  verifyTopic,
} from '@tokengrid/event-store';
import { type Connections, withMaintenancePool } from '../connections/connections.ts';
import { unreadableReport } from './unreadable-report.ts';

/** What verifying one service's topic found. */
export interface ServiceVerified {
  readonly service: string;
  readonly topic: string;
  /** Per lane; none where there is no topic yet. */
  readonly lanes: readonly LaneVerified[];
  /** How the database stands to it, per lane; none where it was not asked. */
  readonly database: readonly LaneCompared[];
  /** Events that can't be read and that the operator has skipped, a sentence each. */
  readonly skipped: readonly string[];
  /** All that is wrong, a sentence each. */
  readonly faults: readonly string[];
}

export interface VerifyAllOptions extends MaintenanceOptions {
  readonly log: EventLog;
  readonly catalogues: readonly Catalogue[];
  /** Whose databases are compared with the topics; absent: topics alone. */
  readonly connections?: Connections | undefined;
}

/** Verifies services' topics end to end, one after the other, and that their databases say the same. */
export async function verifyAll(options: VerifyAllOptions): Promise<readonly ServiceVerified[]> {
  const verified: ServiceVerified[] = [];
  for (const catalogue of options.catalogues) verified.push(await verifyService(options, catalogue));
  return verified;
}

async function verifyService(options: VerifyAllOptions, catalogue: Catalogue): Promise<ServiceVerified> {
  const { log, connections, progress, signal } = options;
  const { service, topic } = catalogue;
  if ((await log.partitionsOf(topic)) === undefined) {
    return { service, topic, lanes: [], database: [], skipped: [], faults: [`no such topic: ${topic}`] };
  }
  const lanes = await verifyTopic({ log, catalogue, progress, signal });
  const database = connections
    ? await withMaintenancePool(connections.databaseOf(service), (pool) => compareWithDatabase(pool, service, lanes))
    : [];
  const inTopic = lanes.flatMap(({ lane, fault }) =>
    fault ? [`${topic}, lane ${lane}, offset ${fault.offset}: ${fault.reason}`] : [],
  );
  const inDatabase = database.flatMap(({ lane, fault }) => (fault ? [`${service}, lane ${lane}: ${fault}`] : []));
  const { skipped, faults } = unreadableReport(lanes.flatMap(({ unreadable }) => unreadable));
  return { service, topic, lanes, database, skipped, faults: [...inTopic, ...faults, ...inDatabase] };
}
