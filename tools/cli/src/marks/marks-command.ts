import { projectionSubscriber } from '@tokengrid/event-bus';
import {
  checkMarks,
  rebuildForeignProjection,
  resetMark,
  type DataDefinition,
  type WrongMark,
} from '@tokengrid/event-store';
import type { Command } from 'commander';
import type { Pool } from 'pg';
import { type Connections, findConnections, withLog, withPool } from '../connections/connections.ts';
import { cataloguesOf } from '../connections/known-services.ts';
import { definitionOf } from '../connections/service-definitions.ts';
import { stopSignal } from '../output/stop-signal.ts';
import { tableOf } from '../output/table.ts';

/** `marks check` and `marks repair`. */
export function registerMarks(program: Command): void {
  const marks = program.command('marks').description('marks of subscribers, compared with the topics');
  marks
    .command('check')
    .description('lists marks that contradict their topics; exit code 1 if there are any')
    .argument('[service]', 'default: all services')
    .action(check);
  marks
    .command('repair')
    .description('corrects them while the service runs: projections are rebuilt, policies read their lane again')
    .argument('<service>', 'whose marks')
    .action(repair);
}

async function check(service: string | undefined): Promise<void> {
  const connections = findConnections();
  const rows: (string | number)[][] = [];
  for (const { service: each } of cataloguesOf(service)) {
    const wrong = await withPool(connections.databaseOf(each), (pool) => wrongMarks(connections, pool));
    for (const { subscriber, topic, lane, sequence, reason } of wrong)
      rows.push([each, subscriber, topic, lane, sequence, reason]);
  }
  if (rows.length === 0) return console.log('Every mark agrees with its topic.');
  console.log(tableOf(['service', 'subscriber', 'topic', 'lane', 'sequence', 'fault'], rows));
  process.exitCode = 1;
}

function wrongMarks(connections: Connections, pool: Pool): Promise<readonly WrongMark[]> {
  return withLog(connections, (log) => checkMarks({ pool, log, signal: stopSignal() }));
}

async function repair(service: string): Promise<void> {
  const connections = findConnections();
  const definition = await definitionOf(service);
  await withPool(connections.databaseOf(service), async (pool) => {
    const wrong = await wrongMarks(connections, pool);
    const mendable = wrong.filter(({ kind }) => kind === 'other-event');
    for (const [subscriber, marks] of Map.groupBy(mendable, ({ subscriber }) => subscriber)) {
      await repairSubscriber(connections, pool, definition, subscriber, marks);
    }
    const left = wrong.filter(({ kind }) => kind !== 'other-event');
    for (const { subscriber, topic, lane, sequence, reason } of left)
      console.log(`${subscriber}, ${topic}, lane ${lane}, sequence ${sequence}: ${reason}`);
    if (wrong.length === 0) console.log('Every mark agrees with its topic.');
    if (left.length > 0) process.exitCode = 1;
  });
}

async function repairSubscriber(
  connections: Connections,
  pool: Pool,
  { foreignProjections }: DataDefinition,
  subscriber: string,
  marks: readonly WrongMark[],
): Promise<void> {
  const projected = foreignProjections.find(({ projection }) => projectionSubscriber(projection.name) === subscriber);
  if (projected) {
    const { from: catalogue, projection } = projected;
    const rebuilt = await withLog(connections, (log) =>
      rebuildForeignProjection({ pool, log, catalogue, projection, subscriber }),
    );
    console.log(`${subscriber}: rebuilt from ${rebuilt.events} records of ${catalogue.topic}`);
    return;
  }
  for (const mark of marks) {
    await resetMark(pool, mark);
    console.log(`${subscriber}: reads lane ${mark.lane} of ${mark.topic} again from its first event`);
  }
}
