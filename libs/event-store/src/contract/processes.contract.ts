import { afterEach, describe, expect, it } from '@jest/globals';
import { laneOf } from '@tokengrid/kernel';
import { command, contractLanes, intactLane, type OpenStore, type StoreUnderTest } from './event-store.contract.ts';
import { deposit, purse, withdraw } from './purse.ts';

/** Contract of processes that share lanes, of which one publishes each. */
export function processesContract(name: string, open: OpenStore): void {
  describe(`${name}: a process beside others`, () => {
    let under: StoreUnderTest;
    afterEach(() => under.close());

    it('asks how far the log has come when another process knows, instead of waiting to be told', async () => {
      under = await open();
      const [second, third] = [
        await under.another({ pollEveryMs: 60_000, answerTimeoutMs: 300 }),
        await under.another(),
      ];
      // One event in each lane: another process publishes some of them.
      for (let lane = 0, number = 0; lane < contractLanes; lane++) {
        while (laneOf(`a${number}`, contractLanes) !== lane) number += 1;
        const once = command(`a${number}`, { tokens: 1n });
        await under.store.streams(purse).handle(deposit, once);
        while (!(await third.outcomeOf(once.id))?.published) await new Promise((resolve) => setTimeout(resolve, 5));
        expect(await second.streams(purse).handle(deposit, once)).toMatchObject({ repeated: true, published: true });
      }
    });

    it('asks the publisher of a lane whose mark lags behind, instead of waiting for the mark', async () => {
      under = await open({ markEveryMs: 60_000 });
      const second = await under.another({ markEveryMs: 60_000, pollEveryMs: 60_000, answerTimeoutMs: 10_000 });
      for (let number = 0; number < 12; number++) {
        const once = command(`a${number}`, { tokens: 1n });
        await under.store.streams(purse).handle(deposit, once);
        expect(await second.streams(purse).handle(deposit, once)).toMatchObject({ repeated: true, published: true });
      }
    });

    it('lets two processes write the same lanes, each seeing what the other did', async () => {
      under = await open();
      const second = await under.another();
      const [one, two] = [under.store.streams(purse), second.streams(purse)];
      await one.handle(deposit, command('a', { tokens: 100n }));
      const outcomes = await Promise.all(
        Array.from({ length: 150 }, (_, index) =>
          (index % 2 ? one : two).handle(withdraw, command('a', { tokens: 1n })),
        ),
      );
      const taken = outcomes.filter((outcome) => outcome.events[0]!.type === 'Withdrawn');
      expect(taken).toHaveLength(100);
      expect(outcomes.every((outcome) => outcome.published)).toBe(true);
      expect(await one.load('a')).toEqual({ tokens: 0n });
      intactLane(under.log, laneOf('a', contractLanes));
    });
  });
}
