import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventId, type StoredEvent } from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import type pg from 'pg';
import { deposit } from '../contract/purse.ts';
import { storeRaw } from '../contract/raw-event.ts';
import { InMemoryLog } from '../in-memory/in-memory-log.ts';
import { digestOf } from './digest.ts';
import { catalogue, command, lanes, projections, type Server, startServer } from './maintained-purses.fixture.ts';
import { rebuildForeignProjection } from './rebuild-foreign-projection.ts';
import { rebuildProjections } from './rebuild-projections.ts';
import { restoreService } from './restore-service.ts';
import { skipEvent } from './skip-event.ts';
import { verifyTopic } from './verify-topic.ts';

let server: Server;
beforeAll(async () => (server = await startServer()));
afterAll(() => server.stop());

const [balances] = projections;
const because = 'written by a release that was withdrawn';

describe('maintenance, where an event can not be read', () => {
  let log: InMemoryLog;
  let pool: pg.Pool;
  let open: Awaited<ReturnType<Server['openPurses']>>;
  let broken: StoredEvent;

  /**
   * Purses `a` and `b`; the second event of `a` is unreadable, the third was stored behind it all
   * the same.
   */
  beforeEach(async () => {
    const { name, pool: made } = await server.migratedDatabase();
    pool = made;
    log = new InMemoryLog();
    open = await server.openPurses(name, log);
    await put('a', 1n);
    await put('b', 2n);
    const raw = { streamId: 'a', type: 'Deposited' };
    broken = await storeRaw(open.storage, 'purse', { ...raw, revision: 2, value: '{"tokens":"a lot"}' });
    const last = await storeRaw(open.storage, 'purse', { ...raw, revision: 3, value: '{"tokens":"4"}' });
    await open.store.published(last.lane, last.sequence);
  });

  const put = (streamId: string, tokens: bigint) => open.purses.handle(deposit, command(streamId, { tokens }));
  const skip = (of: Pick<StoredEvent, 'lane' | 'sequence'> = broken) => {
    const { lane, sequence } = of;
    return skipEvent({ pool, catalogue, lane, sequence, because });
  };
  const found = async () => (await verifyTopic({ log, catalogue })).flatMap(({ unreadable }) => unreadable);
  const shown = async (of = pool) =>
    (
      await of.query<{ purse: string; tokens: string }>('select purse, tokens from purse_balances order by purse')
    ).rows.map(({ purse, tokens }) => `${purse} ${tokens}`);

  it('skips it by an event of its lane, under a service that runs, which verify reports', async () => {
    await expect(put('a', 1n)).rejects.toThrow("can't be read");
    expect(await found()).toEqual([expect.objectContaining({ id: eventId(broken) })]);
    const { by, already } = await skip();
    expect(already).toBe(false);
    await open.store.published(by.lane, by.sequence);
    expect(await put('a', 8n)).toMatchObject({ published: true });
    expect(await open.purses.load('a')).toEqual({ tokens: 13n });
    expect(await found()).toEqual([expect.objectContaining({ id: eventId(broken), skippedBecause: because })]);
    expect((await verifyTopic({ log, catalogue })).map(({ fault }) => fault)).toEqual(Array(lanes).fill(undefined));
    expect(await skip()).toMatchObject({ already: true, by });
  });

  it('skips nothing that can be read, or is not there', async () => {
    const lane = laneOf('b', lanes);
    const { rows } = await pool.query<{ sequence: string }>("select sequence from events where stream_id = 'b'");
    await expect(skip({ lane, sequence: Number(rows[0]!.sequence) })).rejects.toThrow('is readable by this release');
    await expect(skip({ lane, sequence: 99 })).rejects.toThrow('no such event purse/');
    await expect(skip({ lane: 99, sequence: 1 })).rejects.toThrow('purse has lanes 0 to 2');
  });

  it('restores all events, and projections from those that can be read, and says which can not', async () => {
    const { by } = await skip();
    await open.store.published(by.lane, by.sequence);
    await open.store.close();
    const fresh = await server.migratedDatabase();
    const restored = await restoreService({
      ...{ pool: fresh.pool, isOwn: true, log },
      ...{ catalogue, projections, foreignProjections: [] },
    });
    expect(restored.unreadable).toEqual([expect.objectContaining({ id: eventId(broken), skippedBecause: because })]);
    expect(await digestOf(fresh.pool, ['events', 'commands'])).toEqual(await digestOf(pool, ['events', 'commands']));
    expect(await shown(fresh.pool)).toEqual(['a 5', 'b 2']);
    // The skip is in the topic, so the new database knows it.
    const after = await server.openPurses(fresh.name, log);
    expect(await after.purses.load('a')).toEqual({ tokens: 5n });
  });

  it('restores as well what nobody has skipped', async () => {
    await open.store.close();
    const fresh = await server.migratedDatabase();
    const restored = await restoreService({
      ...{ pool: fresh.pool, isOwn: true, log },
      ...{ catalogue, projections, foreignProjections: [] },
    });
    expect(restored.unreadable.map(({ id, skippedBecause }) => [id, skippedBecause])).toEqual([
      [eventId(broken), undefined],
    ]);
    expect(await shown(fresh.pool)).toEqual(['a 5', 'b 2']);
  });

  it('leaves a projection as it is that needs it, and makes it anew once it is skipped', async () => {
    // Rows that the release that wrote the events has stored.
    await pool.query("update purse_balances set tokens = 1000 where purse = 'a'");
    const left = await rebuildProjections({ pool, catalogue, projections });
    expect([left.left, left.unreadable.map(({ id }) => id)]).toEqual([['purse-balances'], [eventId(broken)]]);
    expect(await shown()).toEqual(['a 1000', 'b 2']);
    await skip();
    const rebuilt = await rebuildProjections({ pool, catalogue, projections });
    expect([rebuilt.left, rebuilt.unreadable[0]!.skippedBecause]).toEqual([[], because]);
    expect(await shown()).toEqual(['a 5', 'b 2']);
  });

  /** A projection without deposits: it neither names nor reads them. */
  const { Withdrawn } = balances!.on;
  const withdrawals = { ...balances!, on: { Withdrawn: Withdrawn! } };

  it('makes a projection anew that does not want its type', async () => {
    const rebuilt = await rebuildProjections({ pool, catalogue, projections: [withdrawals] });
    expect([rebuilt.left, rebuilt.unreadable]).toEqual([[], []]);
    expect(await shown()).toEqual([]);
  });

  describe("another service's projection", () => {
    const subscriber = 'projection-purse-balances';
    const rebuild = (streamsApart: boolean) =>
      rebuildForeignProjection({
        ...{ pool, log, catalogue, subscriber },
        projection: { ...balances!, ...(streamsApart && { streamsApart }) },
      });
    const marks = async () =>
      (await pool.query<{ sequence: string }>('select sequence from subscriber_marks order by lane')).rows.map(
        ({ sequence }) => Number(sequence),
      );
    const parked = async () =>
      (await pool.query<{ sequence: string }>('select sequence from parked_events order by sequence')).rows.map(
        ({ sequence }) => Number(sequence),
      );

    it('is rebuilt but for the stream, where streams are apart', async () => {
      await rebuild(true);
      expect(await shown()).toEqual(['a 1', 'b 2']);
      expect(await parked()).toEqual([broken.sequence, broken.sequence + 1]);
      expect((await marks())[broken.lane]).toBe(broken.sequence + 1);
      const { by } = await skip();
      await open.store.published(by.lane, by.sequence);
      await rebuild(true);
      expect([await shown(), await parked()]).toEqual([['a 5', 'b 2'], []]);
    });

    it('is rebuilt past it where its type is not wanted', async () => {
      const rebuilt = await rebuildForeignProjection({ pool, log, catalogue, subscriber, projection: withdrawals });
      expect([rebuilt.unreadable, await parked(), await shown()]).toEqual([[], [], []]);
      expect((await marks())[broken.lane]).toBe(broken.sequence + 1);
    });

    it('is rebuilt up to it where they are not, and not at all where it had come further', async () => {
      await rebuild(false);
      expect((await shown()).filter((row) => row.startsWith('a'))).toEqual(['a 1']);
      expect((await marks())[broken.lane]).toBe(broken.sequence - 1);
      await pool.query('update subscriber_marks set sequence = sequence + 2');
      await expect(rebuild(false)).rejects.toThrow('is further than it can be rebuilt');
      const { by } = await skip();
      await open.store.published(by.lane, by.sequence);
      await rebuild(false);
      expect(await shown()).toEqual(['a 5', 'b 2']);
    });
  });
});
