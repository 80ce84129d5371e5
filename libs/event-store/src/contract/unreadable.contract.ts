import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventSkipped } from '@tokengrid/contracts';
import { laneOf, skippedStreamId, systemStreamId } from '@tokengrid/kernel';
import { StreamUnreadable } from '../command.ts';
import { command, contractLanes, type OpenStore, type StoreUnderTest } from './event-store.contract.ts';
import { deposit, purse, withdraw } from './purse.ts';
import { type RawEvent, storeRaw } from './raw-event.ts';

/** Another stream in the same lane. */
function neighbourOf(streamId: string): string {
  for (let number = 0; ; number++) {
    const other = `neighbour-${number}`;
    if (laneOf(other, contractLanes) === laneOf(streamId, contractLanes)) return other;
  }
}

/** Contract for events that can't be decoded, whatever the storage. */
export function unreadableContract(name: string, open: OpenStore): void {
  describe(`${name}: an event that can't be decoded`, () => {
    let under: StoreUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    const streamId = 'broken';
    const lane = laneOf(streamId, contractLanes);
    const neighbour = neighbourOf(streamId);
    const unreadable: RawEvent = { streamId, revision: 1, type: 'Deposited', value: '{"tokens":"a lot"}' };
    const store = (raw = unreadable) => storeRaw(under.storage, 'purse', raw);

    it('fails the commands to its stream, and no others of the same batch', async () => {
      await store();
      const purses = under.store.streams(purse);
      const results = await Promise.allSettled(
        Array.from({ length: 100 }, (_, index) =>
          purses.handle(deposit, command(index % 3 === 0 ? streamId : neighbour, { tokens: 1n })),
        ),
      );
      expect(results.map(({ status }) => status === 'rejected')).toEqual(results.map((_, index) => index % 3 === 0));
      const [first] = results as PromiseRejectedResult[];
      expect(first!.reason).toBeInstanceOf(StreamUnreadable);
      expect(first!.reason).toMatchObject({ streamId, at: `purse/${lane}/1 Deposited`, isNewer: false });
      expect(await purses.load(neighbour)).toEqual({ tokens: 66n });
      await expect(purses.load(streamId)).rejects.toBeInstanceOf(StreamUnreadable);
      expect(under.store.problems()).toEqual([]);
      expect(under.store.warnings()).toEqual([`stream ${streamId} is unreadable: purse/${lane}/1 Deposited`]);
    });

    it('fails them in a process that starts later and in one that had the stream in memory, and no others', async () => {
      const purses = under.store.streams(purse);
      for (const each of [streamId, neighbour]) await purses.handle(deposit, command(each, { tokens: 1n }));
      await store({ ...unreadable, revision: 2 });
      for (const process of [under.store, await under.another()]) {
        const streams = process.streams(purse);
        const [bad, good] = await Promise.allSettled([
          streams.handle(deposit, command(streamId, { tokens: 1n })),
          streams.handle(deposit, command(neighbour, { tokens: 1n })),
        ]);
        expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
      }
    });

    it('fails a repeat of the command that led to it, but not what an event led to, which is done', async () => {
      const commandId = randomUUID();
      await storeRaw(under.storage, 'purse', { ...unreadable, commandId });
      const purses = under.store.streams(purse);
      const repeat = command(streamId, { tokens: 1n }, { id: commandId });
      await expect(purses.handle(deposit, repeat)).rejects.toBeInstanceOf(StreamUnreadable);
      await expect(under.store.outcomeOf(commandId)).rejects.toBeInstanceOf(StreamUnreadable);
      const caused = await purses.handle(deposit, { ...repeat, causationId: 'another/0/1' });
      expect(caused).toMatchObject({ repeated: true, events: [] });
    });

    it("fails only what looks at the lane's own stream, where that is the one", async () => {
      await store({ ...unreadable, streamId: systemStreamId(lane, contractLanes), type: 'LaneMoved' });
      const purses = under.store.streams(purse);
      await purses.handle(deposit, command(neighbour, { tokens: 5n }));
      // A withdrawal also writes to the lane's own stream.
      await expect(purses.handle(withdraw, command(neighbour, { tokens: 1n }))).rejects.toBeInstanceOf(
        StreamUnreadable,
      );
      await purses.handle(deposit, command(neighbour, { tokens: 5n }));
      expect(await purses.load(neighbour)).toEqual({ tokens: 10n });
    });

    it.each([
      ['of a type', { type: 'Doubled', value: '{}' }],
      ['of a type whose name every object has', { type: 'constructor', value: '{}' }],
      ['of a version', { type: 'Deposited', value: '{"tokens":"1"}', version: 2 }],
    ])('is told apart from one %s that only a newer release knows', async (_, newer) => {
      await store({ ...unreadable, ...newer });
      const handled = under.store.streams(purse).handle(deposit, command(streamId, { tokens: 1n }));
      await expect(handled).rejects.toMatchObject({ name: 'StreamUnreadable', isNewer: true });
    });

    it('is passed over once it is skipped, in processes that run too, and nothing else is', async () => {
      const purses = under.store.streams(purse);
      await purses.handle(deposit, command(streamId, { tokens: 3n }));
      const { sequence, hash, type } = await store({ ...unreadable, revision: 2 });
      await expect(purses.handle(deposit, command(streamId, { tokens: 1n }))).rejects.toThrow("can't be read");
      expect(under.store.warnings()).toHaveLength(1);
      const skip = EventSkipped({ sequence, hash, streamId, type, because: 'a test' });
      await storeRaw(under.storage, 'purse', {
        ...{ streamId: skippedStreamId(lane, contractLanes), revision: 1 },
        ...{ type: skip.type, value: JSON.stringify(skip.data) },
      });
      await purses.handle(deposit, command(streamId, { tokens: 1n }));
      expect(await (await under.another()).streams(purse).load(streamId)).toEqual({ tokens: 4n });
      expect(under.store.warnings()).toEqual([]);
      await store({ ...unreadable, revision: 4 });
      await expect(purses.load(streamId)).rejects.toThrow('purse/');
    });
  });
}
