import { catalogues, type StoredEvent } from '@tokengrid/contracts';
import type { EventLog } from '@tokengrid/event-store';
import type { Command } from 'commander';
import { findConnections, withLog } from '../connections/connections.ts';
import { Failure } from '../output/failure.ts';
import { causationTree } from './causation-tree.ts';
import { eventsOfLane } from './read-topic.ts';

/** `trace <correlation>`. */
export function registerTrace(program: Command): void {
  program
    .command('trace')
    .description('all effects of one request, across services, as a tree')
    .argument('<correlation>', "the request's x-correlator")
    .action(async (correlation: string) => {
      const events = await withLog(findConnections(), (log) => eventsOfCorrelation(log, correlation));
      if (events.length === 0) throw new Failure(`No event carries the correlation ${correlation}.`);
      for (const line of causationTree(events)) console.log(line);
    });
}

async function eventsOfCorrelation(log: EventLog, correlation: string): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (const { topic } of catalogues) {
    const lanes = (await log.partitionsOf(topic)) ?? 0;
    for (let lane = 0; lane < lanes; lane++) {
      const wanted = eventsOfLane(log, topic, lane, ({ headers }) => headers['ce_correlationid'] === correlation);
      for await (const event of wanted) events.push(event);
    }
  }
  return events;
}
