import type { Command } from 'commander';
import { findConnections, withLog, withPool } from '../connections/connections.ts';
import { cataloguesOf } from '../connections/known-services.ts';
import { tableOf } from '../output/table.ts';
import { LaneEnds } from './lane-ends.ts';
import { clockLead, type Lag, relayLag, subscriberLags } from './service-lag.ts';

/** `lag`. */
export function registerLag(program: Command): void {
  program
    .command('lag')
    .description(
      'number of events that each subscriber and relay is behind, in total and by lane; lanes whose time is ahead of the clock',
    )
    .argument('[service]', 'default: all services')
    .action(lag);
}

async function lag(service: string | undefined): Promise<void> {
  const connections = findConnections();
  const rows = await withLog(connections, async (log) => {
    const ends = new LaneEnds(log);
    const found: (string | number)[][] = [];
    for (const { service: each, topic } of cataloguesOf(service)) {
      await withPool(connections.databaseOf(each), async (pool) => {
        const lags = [await relayLag(pool, topic, ends), ...(await subscriberLags(pool, ends))];
        for (const one of lags) found.push([each, ...cellsOf(one)]);
        const lead = await clockLead(pool, topic);
        if (lead.lanes.some((seconds) => seconds > 0)) found.push([each, ...aheadOf(lead)]);
      });
    }
    return found;
  });
  console.log(tableOf(['service', 'who', 'topic', 'behind', 'by lane'], rows));
}

/** Lanes that an older clock left in the future: docs/runbooks/lane-ahead-of-the-clock.md */
function aheadOf({ who, topic, lanes }: Lag): (string | number)[] {
  return [who, topic, `${Math.max(...lanes)} s ahead`, lanes.join(' ')];
}

function cellsOf({ who, topic, lanes }: Lag): (string | number)[] {
  return [who, topic, lanes.reduce((sum, each) => sum + each, 0), lanes.join(' ')];
}
