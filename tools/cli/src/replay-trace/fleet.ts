import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveHome } from '@tokengrid/infra-local';
import { openMarket, type Stage } from '../story/market.ts';
import { buyAndSubscribe, registerSubscribers } from '../story/subscribers.ts';
import { type ByUse, isByUse } from '../trace/trace-use.ts';

/**
 * Payers and offers of a replay, kept in the stack's home, so that a repeat uses the same. Uses of
 * its offers determine their costs by themselves.
 */
export interface Fleet {
  readonly subscribers: readonly string[];
  readonly offers: readonly ByUse[];
}

/** Fleet of an earlier replay of this source, or a new one that has bought its tokens. */
export async function fleetFor(stage: Stage, source: string, say: (line: string) => void): Promise<Fleet> {
  const folder = join(resolveHome(), 'replays');
  const file = join(folder, `${source.replace(/^.*\//, '')}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Fleet;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  say('a provider, an app and 200 subscribers register and buy tokens …');
  const runId = source.slice(-8);
  const startedAt = Date.now();
  const market = await openMarket(stage, `${runId}-${startedAt.toString(36)}`);
  const subscribers = await registerSubscribers(stage, startedAt);
  await buyAndSubscribe(stage, market, subscribers);
  const fleet: Fleet = {
    subscribers: subscribers.map(({ partyId }) => partyId),
    offers: market.offers.filter(isByUse),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(fleet), { mode: 0o600 });
  return fleet;
}
