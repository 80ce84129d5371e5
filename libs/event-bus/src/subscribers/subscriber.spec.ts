import { describe, it } from '@jest/globals';
import { firstPreviousHash, hashOf, type StoredEvent } from '@tokengrid/contracts';
import { InMemoryLeases, LeaseKeeper } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import { FollowedLog } from '../tailing-log.fixture.ts';
import { Subscriber } from './subscriber.ts';
import { aborted, defaultSubscriberLimits } from './subscriber-options.ts';

const topic = 'tokengrid.purse';
const catalogue = { service: 'purse', topic, events: {} };

/** Marks at the start; a subscriber's other statements are the handler's. */
const pool = {
  query: () =>
    Promise.resolve({ rows: [{ sequence: '0', hash: Buffer.from(firstPreviousHash, 'hex'), log_offset: '0' }] }),
} as unknown as Pool;

function firstEvent(): StoredEvent {
  const unhashed = {
    ...{ service: 'purse', lane: 0, sequence: 1, streamId: 'a', revision: 1, type: 'Deposited', version: 1 },
    ...{
      time: 0,
      commandId: 'c',
      inputHash: undefined,
      causationId: 'c',
      correlationId: 'c',
      actor: 'spec',
      traceparent: undefined,
    },
    value: Buffer.from('{}'),
  };
  return { ...unhashed, hash: hashOf(unhashed, firstPreviousHash) };
}

describe('a subscriber', () => {
  it('reads on at once in a lane that was busy with something else', async () => {
    const log = new FollowedLog();
    await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
    const leases = new LeaseKeeper(
      new InMemoryLeases(),
      'me',
      { ttlMs: 60_000, renewEveryMs: 10_000 },
      () => undefined,
    );
    const applied = Promise.withResolvers<void>();
    const attending = Promise.withResolvers<void>();
    const attended = Promise.withResolvers<void>();
    const subscriber = new Subscriber({
      handler: {
        name: 'reader',
        catalogue,
        apply: () => Promise.resolve(applied.resolve()),
        attend: () => {
          attending.resolve();
          return attended.promise;
        },
      },
      log,
      pool,
      leases,
      // Longer than the test may take: only a wake-up ends the wait in time.
      limits: { ...defaultSubscriberLimits, maxWaitMs: 60_000, attendEveryMs: 0 },
      observer: {},
    });
    subscriber.start(1);
    await leases.start();
    const idle = new AbortController();
    // The first wait ends without records once the lane is woken; then it is attended to.
    await Promise.race([attending.promise, aborted(idle.signal, 1000)]);
    await log.append(topic, 0, [{ event: firstEvent(), previousHash: firstPreviousHash }]);
    attended.resolve();
    await applied.promise;
    await subscriber.close();
    await leases.close();
  }, 5000);
});
