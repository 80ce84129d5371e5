import { afterEach, describe, expect, it } from '@jest/globals';
import { InvalidEvent } from '@tokengrid/contracts';
import { type DomainEvent, laneOf } from '@tokengrid/kernel';
import { command, contractLanes, intactLane, type OpenStore, type StoreUnderTest } from './event-store.contract.ts';
import { deposit, Deposited, type PurseDecision, purse } from './purse.ts';

/** States a valid event, then one that its schema refuses. */
const depositNothing: PurseDecision<object> = () => [Deposited({ tokens: 1n }), Deposited({ tokens: 0n })];

const note =
  (length: number): PurseDecision<object> =>
  () => [Deposited({ tokens: 1n, note: 'n'.repeat(length) })];

/**
 * Takes data over from a state or a row that a newer release has stored, with a field of that
 * release.
 */
const takeOver: PurseDecision<object> = () => {
  const newer = { tokens: 1n, note: 'n', lid: { made: 'of cork' } };
  return [Deposited(newer)];
};

/** Contract for decisions that state an invalid event, whatever the storage. */
export function invalidContract(name: string, open: OpenStore): void {
  describe(`${name}: an event that no reader would take`, () => {
    let under: StoreUnderTest;
    afterEach(() => under.close());

    it('fails its command alone, and nothing of it is stored', async () => {
      under = await open();
      const purses = under.store.streams(purse);
      const bad = command('new', {});
      const results = await Promise.allSettled([
        purses.handle(deposit, command('a', { tokens: 1n })),
        purses.handle(depositNothing, bad),
        purses.handle(depositNothing, command('a', {})),
        purses.handle(deposit, command('a', { tokens: 2n })),
        purses.handle(deposit, command('b', { tokens: 4n })),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        ...['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled'],
      ]);
      const { reason } = results[1] as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(InvalidEvent);
      expect((reason as Error).message).toContain('/tokens: must be more than zero');
      expect(await Promise.all(['a', 'b', 'new'].map((each) => purses.load(each)))).toEqual([
        ...[{ tokens: 3n }, { tokens: 4n }, { tokens: 0n }],
      ]);
      expect(await under.store.outcomeOf(bad.id)).toBeUndefined();
      const lanes = Array.from({ length: contractLanes }, (_, lane) => intactLane(under.log, lane));
      expect(lanes.flat()).toHaveLength(3);
    });

    it('is not one that has what only a newer release knows, which is left out', async () => {
      under = await open();
      const keeping = { ...purse, evolve: (_: unknown, { data }: DomainEvent) => data } as unknown as typeof purse;
      const known = { tokens: 1n, note: 'n' };
      const first = command('a', {});
      const { events } = await under.store.streams(keeping).handle(takeOver, first);
      expect(events.map(({ data }) => data)).toEqual([known]);
      expect(await under.store.streams(keeping).load('a')).toEqual(known);
      expect(await under.store.streams(keeping).handle(takeOver, first)).toMatchObject({ repeated: true });
      const lane = intactLane(under.log, laneOf('a', contractLanes));
      expect(lane.map(({ value }) => value.toString())).toEqual(['{"tokens":"1","note":"n"}']);
    });

    it('is one, too, that is longer than the log takes', async () => {
      under = await open({ maxEventBytes: 1000 });
      const purses = under.store.streams(purse);
      const long = purses.handle(note(1000), command('a', {}));
      await expect(long).rejects.toThrow("Deposited can't be stored: 1024 bytes, the maximum is 1000");
      await purses.handle(note(900), command('a', {}));
      expect(intactLane(under.log, laneOf('a', contractLanes))).toHaveLength(1);
    });
  });
}
