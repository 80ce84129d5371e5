import { projectionSubscriber } from '@tokengrid/event-bus';
import {
  digestOf,
  type ForeignProjectionDefinition,
  rebuildForeignProjection,
  rebuildProjections,
  type DataDefinition,
} from '@tokengrid/event-store';
import type { Command } from 'commander';
import type { Pool } from 'pg';
import { type Connections, findConnections, withLog, withMaintenancePool } from '../connections/connections.ts';
import { definitionOf } from '../connections/service-definitions.ts';
import { Failure } from '../output/failure.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { digestReport } from './digest-report.ts';
import { tellUnreadableEvents } from './unreadable-report.ts';

/** `rebuild <service> [projection]`. */
export function registerRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('replays events into fresh tables and swaps them in, while the service runs')
    .argument('<service>', 'service of the projections')
    .argument('[projection]', 'one projection; default: all')
    .action(rebuild);
}

async function rebuild(service: string, name: string | undefined): Promise<void> {
  const definition = await definitionOf(service);
  const { own, foreign } = chosen(definition, name);
  const connections = findConnections();
  const line = new ProgressLine();
  const options = { progress: line.show, signal: stopSignal() };
  await withMaintenancePool(connections.databaseOf(service), async (pool) => {
    if (own.length > 0) {
      const before = await digestOf(
        pool,
        own.flatMap(({ tables }) => tables),
      );
      const rebuilt = await rebuildProjections({ pool, catalogue: definition.catalogue, projections: own, ...options });
      line.end();
      console.log(`${own.map((each) => each.name).join(', ')}: ${rebuilt.events} events, ${rebuilt.eventsPerSecond}/s`);
      console.log(digestReport(rebuilt.digests, before));
      for (const left of rebuilt.left) console.log(`${left} is unchanged: it needs an unreadable event`);
      tellUnreadableEvents(rebuilt.unreadable);
    }
    for (const each of foreign) await rebuildForeign(connections, pool, each, line, options.signal);
  });
}

async function rebuildForeign(
  connections: Connections,
  pool: Pool,
  { from, projection }: ForeignProjectionDefinition,
  line: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  await withLog(connections, async (log) => {
    if ((await log.partitionsOf(from.topic)) === undefined) {
      console.log(`${projection.name}: ${from.service} has not published anything yet`);
      return;
    }
    const before = await digestOf(pool, projection.tables);
    const subscriber = projectionSubscriber(projection.name);
    const options = { pool, log, catalogue: from, projection, subscriber, progress: line.show, signal };
    const rebuilt = await rebuildForeignProjection(options);
    line.end();
    console.log(`${projection.name}, of ${from.service}: ${rebuilt.events} records, ${rebuilt.eventsPerSecond}/s`);
    console.log(digestReport(rebuilt.digests, before));
    tellUnreadableEvents(rebuilt.unreadable);
  });
}

function chosen({ projections, foreignProjections, catalogue }: DataDefinition, name: string | undefined) {
  if (name === undefined) return { own: projections, foreign: foreignProjections };
  const own = projections.filter((projection) => projection.name === name);
  const foreign = foreignProjections.filter(({ projection }) => projection.name === name);
  if (own.length + foreign.length > 0) return { own, foreign };
  const names = [...projections, ...foreignProjections.map(({ projection }) => projection)].map((each) => each.name);
  throw new Failure(`${catalogue.service} has no projection "${name}"; it has: ${names.join(', ')}.`);
}
