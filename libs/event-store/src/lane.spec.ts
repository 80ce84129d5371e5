import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { deposit, purse } from './contract/purse.ts';
import { InMemoryStorage } from './in-memory/in-memory-storage.ts';
import { Lane } from './lane.ts';
import type { LaneOptions, Pending } from './lane-options.ts';

/** A lane that is used for its queue only. */
const queueOnly = () =>
  new Lane({
    lane: 0,
    storage: new InMemoryStorage(1),
    maxCachedStreams: 1,
    ready: () => undefined,
  } as unknown as LaneOptions);

function pending(name: string, causationId?: string): Pending {
  const command = { id: randomUUID(), streamId: name, correlationId: 'spec', data: {}, causationId };
  const waits = { settle: () => undefined, fail: () => undefined, abandoned: false };
  return { command, aggregate: purse, decide: deposit, ...waits } as unknown as Pending;
}

const names = (taken: readonly Pending[]) => taken.map(({ command }) => command.streamId);

describe("a lane's queue", () => {
  it('lets callers go before what events led to, however much of that waits', () => {
    const lane = queueOnly();
    for (let index = 0; index < 5000; index++) lane.submit(pending(`event ${index}`, `metering/0/${index + 1}`));
    lane.submit(pending('caller 1'));
    lane.submit(pending('caller 2'));
    const first = lane.cut(1000);
    expect(names(first).slice(0, 3)).toEqual(['caller 1', 'caller 2', 'event 0']);
    expect(first).toHaveLength(1000);
    expect(lane.waiting).toBe(4002);
  });

  it('keeps a quarter for what events led to, however many call', () => {
    const lane = queueOnly();
    for (let index = 0; index < 1000; index++) lane.submit(pending(`caller ${index}`));
    for (let index = 0; index < 1000; index++) lane.submit(pending(`event ${index}`, `metering/0/${index + 1}`));
    const taken = names(lane.cut(100));
    expect(taken.filter((name) => name.startsWith('event'))).toHaveLength(25);
    expect(taken.filter((name) => name.startsWith('caller'))).toHaveLength(75);
    expect(names(lane.cut(1))).toEqual(['caller 75']);
  });
});
