import { afterEach, describe, expect, it } from '@jest/globals';
import { InvalidEvent } from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import { command, contractLanes, type OpenStore, type StoreUnderTest } from './event-store.contract.ts';
import { Deposited, depositOnce, NotedBefore, type PurseDecision, purse } from './purse.ts';

/** A command for {@link depositOnce}. */
export const noted = (streamId: string, note: string, tokens = 1n) =>
  command(streamId, { tokens, note }, { keys: [note] });

/** States a valid event with a note, then one that its schema refuses. */
const noteNothing: PurseDecision<{ note: string }> = (_purse, { note }) => [
  Deposited({ tokens: 1n, note }),
  Deposited({ tokens: 0n, note }),
];

/** States a note, then fails. */
const noteThenFail: PurseDecision<{ note: string }> = (_purse, { note }, { found }) => {
  throw new Error(`${note} is ${found(note) ?? 'new'}`);
};

const noteUnasked: PurseDecision<{ note: string }> = (_purse, { note }, { found }) => [
  Deposited({ tokens: 1n, note: found(note) ?? note }),
];

const outcomesOf = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'done' : String((result.reason as Error).message)));

/** Contract for values that commands name by keys, whatever the storage. */
export function lookUpContract(name: string, open: OpenStore): void {
  describe(`${name}: a key of a command`, () => {
    let under: StoreUnderTest;
    afterEach(() => under.close());

    it('finds what an event of an earlier batch has set, and nothing before', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const { events } = await purses.handle(depositOnce, noted('a', 'rent'));
      const again = purses.handle(depositOnce, noted('a', 'rent'));
      await expect(again).rejects.toThrow(new NotedBefore(`a ${events[0]!.sequence}`));
      expect(await purses.handle(depositOnce, noted('a', 'food'))).toMatchObject({ repeated: false });
      expect(await purses.load('a')).toEqual({ tokens: 2n });
    });

    it('finds what an earlier command of the same batch has set', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const results = await Promise.allSettled([
        purses.handle(depositOnce, noted('a', 'rent', 5n)),
        purses.handle(depositOnce, noted('a', 'rent', 7n)),
        purses.handle(depositOnce, noted('a', 'food', 9n)),
        purses.handle(depositOnce, noted('a', 'rent', 11n)),
      ]);
      expect(outcomesOf(results)).toEqual(['done', 'noted before: a 1', 'done', 'noted before: a 1']);
      expect(await purses.load('a')).toEqual({ tokens: 14n });
    });

    it('finds nothing of a command that failed, or whose events were invalid', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const keyed = (note: string) => command('a', { note }, { keys: [note] });
      const results = await Promise.allSettled([
        purses.handle(noteNothing, keyed('rent')),
        purses.handle(noteThenFail, keyed('rent')),
        purses.handle(depositOnce, noted('a', 'rent')),
        purses.handle(noteThenFail, keyed('rent')),
      ]);
      expect((results[0] as PromiseRejectedResult).reason).toBeInstanceOf(InvalidEvent);
      expect(outcomesOf(results).slice(1)).toEqual(['rent is new', 'done', 'rent is a 1']);
      await expect(purses.handle(depositOnce, noted('a', 'rent'))).rejects.toThrow('noted before: a 1');
    });

    it('finds what another process has stored: of many at once, one takes each key', async () => {
      under = await open();
      const second = await under.another();
      const stores = [under.store.streams(purse), second.streams(purse)];
      const notes = Array.from({ length: 400 }, (_, index) => `note-${index % 100}`);
      const results = await Promise.allSettled(
        notes.map((note, index) => stores[(index >> 1) % 2]!.handle(depositOnce, noted('a', note))),
      );
      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      expect(failures).toHaveLength(300);
      for (const failure of failures) expect(failure).toBeInstanceOf(NotedBefore);
      expect(await stores[0]!.load('a')).toEqual({ tokens: 100n });
      for (const purses of stores)
        await expect(purses.handle(depositOnce, noted('a', 'note-7'))).rejects.toBeInstanceOf(NotedBefore);
    });

    it('is looked up, too, for commands that join a batch while it waits for another process', async () => {
      under = await open();
      const stores = [under.store.streams(purse), (await under.another()).streams(purse)];
      const notes = Array.from({ length: 40 }, (_, wave) =>
        Array.from({ length: 5 }, (__, at) => `note ${wave} ${at}`),
      );
      await Promise.all(notes.flat().map((note) => stores[0]!.handle(depositOnce, noted('a', note))));
      const results: Promise<PromiseSettledResult<unknown>[]>[] = [];
      for (const [wave, ofWave] of notes.entries()) {
        const sent = stores.flatMap((purses, process) => [
          purses.handle(depositOnce, noted('a', `new ${wave} ${process}`)),
          ...ofWave.map((note) => purses.handle(depositOnce, noted('a', note))),
        ]);
        results.push(Promise.allSettled(sent));
        await new Promise((resolve) => setImmediate(resolve));
      }
      const outcomes = outcomesOf((await Promise.all(results)).flat());
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(80);
      expect(outcomes.filter((outcome) => outcome.startsWith('noted before: a '))).toHaveLength(400);
      expect(await stores[0]!.load('a')).toEqual({ tokens: 280n });
    });

    it('belongs to its lane', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      expect(laneOf('b', contractLanes)).not.toBe(laneOf('a', contractLanes));
      await Promise.all(['a', 'b'].map((streamId) => purses.handle(depositOnce, noted(streamId, 'rent'))));
      await expect(purses.handle(depositOnce, noted('b', 'rent'))).rejects.toThrow('noted before: b 1');
    });

    it("is not in its own command's way when that comes again", async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const once = noted('a', 'rent');
      const [first, repeat] = await Promise.all([purses.handle(depositOnce, once), purses.handle(depositOnce, once)]);
      expect(repeat).toEqual({ ...first, repeated: true });
      expect(await purses.handle(depositOnce, once)).toEqual(repeat);
    });

    it('is named by its command: a decision that asks for another fails', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const unnamed = purses.handle(noteUnasked, command('a', { note: 'rent' }, { keys: ['food'] }));
      await expect(unnamed).rejects.toThrow('the decision on a asks for rent, which its command does not name');
      const without = purses.handle(noteUnasked, command('a', { note: 'rent' }));
      await expect(without).rejects.toThrow('the decision on a asks for rent, which its command does not name');
    });
  });
}
