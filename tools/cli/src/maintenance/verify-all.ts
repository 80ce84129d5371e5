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

/** Result of verifying one service's topic. */
export interface ServiceVerified {
  readonly service: string;
  readonly topic: string;
  /** Results by lane; empty without a topic. */
  readonly lanes: readonly LaneVerified[];
  /** Comparisons with the database by lane; empty if it was not compared. */
  readonly database: readonly LaneCompared[];
  /** Unreadable events that the operator has skipped, a sentence each. */
  readonly skipped: readonly string[];
  /** All faults, a sentence each. */
  readonly faults: readonly string[];
}

export interface VerifyAllOptions extends MaintenanceOptions {
  readonly log: EventLog;
  readonly catalogues: readonly Catalogue[];
  /** Databases to compare with the topics; absent: topics alone. */
  readonly connections?: Connections | undefined;
}

/** Verifies services' topics end to end, one after another, and compares their databases. */
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
