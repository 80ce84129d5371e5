import { afterEach, describe, expect, it } from '@jest/globals';
import { laneOf } from '@tokengrid/kernel';
import { IdempotencyKeyReused } from '../command.ts';
import { command, contractLanes, type OpenStore, type StoreUnderTest } from './event-store.contract.ts';
import { deposit, purse } from './purse.ts';

/** Contract of stores for ids that do not determine their stream. */
export function claimsContract(name: string, open: OpenStore): void {
  describe(`${name}: a claimed id`, () => {
    let under: StoreUnderTest;
    afterEach(() => under.close());

    it('gives an id that does not determine its stream to one stream alone, in whichever process', async () => {
      under = await open();
      const second = await under.another();
      const [one, two] = [under.store.streams(purse), second.streams(purse)];
      // At least one stream in every lane.
      const streams = Array.from({ length: 4 * contractLanes }, (_, index) => `purse-${index}`);
      const sent = command('', { tokens: 3n }, { claimsId: true });
      const results = await Promise.allSettled(
        streams.map((streamId, index) => (index % 2 ? one : two).handle(deposit, { ...sent, streamId })),
      );
      const taken = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(taken).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(IdempotencyKeyReused);
      const [{ events }] = taken as [(typeof taken)[0]];
      const repeat = await two.handle(deposit, { ...sent, streamId: events[0]!.streamId });
      expect(repeat).toEqual({ ...taken[0], repeated: true });
    });

    it('belongs to the first stream that claims it, whichever processes claim many at once', async () => {
      under = await open();
      const stores = [under.store, await under.another()];
      const ids = Array.from({ length: 20 }, () => command('', {}).id);
      const claim = (id: string, index: number) => stores[index % 2]!.claim(id, `purse-${index}`);
      const claimed = ids.map((id) => Promise.all(Array.from({ length: 6 }, (_, index) => claim(id, index))));
      for (const [at, streams] of (await Promise.all(claimed)).entries()) {
        expect(new Set(streams).size).toBe(1);
        expect(await claim(ids[at]!, 7)).toBe(streams[0]);
      }
    });

    it('keeps an id without a claim, as after a restore, to the stream of the stored command', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const [first, other] = [command('a', { tokens: 3n }), 'b'];
      expect(laneOf(other, contractLanes)).not.toBe(laneOf('a', contractLanes));
      await purses.handle(deposit, first);
      const again = purses.handle(deposit, { ...first, streamId: other, claimsId: true });
      await expect(again).rejects.toBeInstanceOf(IdempotencyKeyReused);
      expect(await purses.handle(deposit, { ...first, claimsId: true })).toMatchObject({ repeated: true });
    });
  });
}
