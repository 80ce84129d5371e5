import { randomUUID } from 'node:crypto';
import { setTimeout as passing } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { laneOf } from '@tokengrid/kernel';
import { StoreUnavailable } from '../command.ts';
import { claimsContract } from '../contract/claims.contract.ts';
import { contractLanes, eventStoreContract } from '../contract/event-store.contract.ts';
import { invalidContract } from '../contract/invalid.contract.ts';
import { lookUpContract, noted } from '../contract/look-up.contract.ts';
import { processesContract } from '../contract/processes.contract.ts';
import { unreadableContract } from '../contract/unreadable.contract.ts';
import {
  deposit,
  depositOnce,
  notesLookUp,
  purse,
  purseBalances,
  purseCatalogue,
  type PurseEvent,
} from '../contract/purse.ts';
import type { LookUp } from '../look-up.ts';
import type { Projection, SqlWriter } from '../projection.ts';
import { pursesInPostgres } from './purses-in-postgres.fixture.ts';

const openStore = pursesInPostgres();

/** A busy machine answers later than a store gives up that is told to do so soon: asked again. */
async function onceAvailable<T>(command: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await command();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}

/** Waits until a store told of a failure. */
async function isTold(failures: readonly unknown[], why: string): Promise<void> {
  while (!failures.some((failure) => String(failure).includes(why))) await passing(10);
}

eventStoreContract('Postgres', (limits) => openStore({ limits }));
unreadableContract('Postgres', (limits) => openStore({ limits }));
claimsContract('Postgres', (limits) => openStore({ limits }));
invalidContract('Postgres', (limits) => openStore({ limits }));
lookUpContract('Postgres', (limits) => openStore({ limits }));
processesContract('Postgres', (limits) => openStore({ limits }));

describe('Postgres', () => {
  it('finds the one command in a batch that Postgres refuses, and takes the others', async () => {
    const under = await openStore();
    try {
      const purses = under.store.streams(purse);
      const results = await Promise.allSettled(
        Array.from({ length: 100 }, (_, index) =>
          purses.handle(deposit, {
            id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
            streamId: 'a',
            correlationId: 'test',
            actor: 'spec',
            data: { tokens: 1n, ...(index === 37 && { note: 'unwritable' }) },
          }),
        ),
      );
      expect(results.map((result) => result.status === 'rejected')).toEqual(results.map((_, index) => index === 37));
      const { rows } = await under.pool.query('select purse, tokens from purse_balances');
      expect(rows).toEqual([{ purse: 'a', tokens: '99' }]);
      const lane = laneOf('a', contractLanes);
      const { rows: heads } = await under.pool.query('select sequence from lanes where lane = $1', [lane]);
      expect(heads).toEqual([{ sequence: '99' }]);
    } finally {
      await under.close();
    }
  });

  it('looks up keys once for a batch, and nothing for a batch whose commands name none', async () => {
    const reads: { readonly lane: number; readonly keys: readonly string[] }[] = [];
    const read: LookUp<PurseEvent>['read'] = (sql, lane, keys) => {
      reads.push({ lane, keys });
      return notesLookUp.read(sql, lane, keys);
    };
    const under = await openStore({ lookUp: { ...notesLookUp, read } });
    try {
      const purses = under.store.streams(purse);
      const plain = { id: randomUUID(), streamId: 'a', correlationId: 'test', actor: 'spec', data: { tokens: 1n } };
      await purses.handle(deposit, plain);
      expect(reads).toEqual([]);
      const notes = ['rent', 'food', 'rent'];
      await Promise.allSettled(notes.map((note) => purses.handle(depositOnce, noted('a', note))));
      expect(reads).toEqual([{ lane: laneOf('a', contractLanes), keys: ['rent', 'food'] }]);
    } finally {
      await under.close();
    }
  });

  it('decides nothing while keys can not be looked up, says so, and goes on once they can', async () => {
    const failures: unknown[] = [];
    const under = await openStore({ limits: { answerTimeoutMs: 100 }, failed: (error) => failures.push(error) });
    try {
      const purses = under.store.streams(purse);
      await under.pool.query('alter table purse_notes rename to purse_notes_elsewhere');
      const once = noted('a', 'rent');
      await expect(purses.handle(depositOnce, once)).rejects.toBeInstanceOf(StoreUnavailable);
      await isTold(failures, 'relation "purse_notes" does not exist');
      await under.pool.query('alter table purse_notes_elsewhere rename to purse_notes');
      expect(await onceAvailable(() => purses.handle(depositOnce, once))).toMatchObject({ events: [{ sequence: 1 }] });
      const again = noted('a', 'rent');
      await expect(onceAvailable(() => purses.handle(depositOnce, again))).rejects.toThrow('noted before: a 1');
    } finally {
      await under.close();
    }
  });

  it('does not let a relay move the mark whose lease another has had since', async () => {
    const under = await openStore();
    try {
      const mark = (sequence: number) => ({ sequence, hash: '00'.repeat(32), offset: sequence });
      expect(await under.storage.movePublishedMark(0, 1000, mark(9), true)).toBe(true);
      expect(await under.storage.movePublishedMark(0, 999, mark(4), true)).toBe(false);
      expect(await under.storage.publishedMark(0)).toEqual(mark(9));
    } finally {
      await under.close();
    }
  });

  it.each<[string, (sql: SqlWriter) => Promise<unknown>, string]>([
    ['has a bug', () => Promise.reject(new TypeError('this projection has a bug')), 'this projection has a bug'],
    ['asks what Postgres refuses', (sql) => sql.query('insert into nowhere select $1', ['x']), 'nowhere'],
    // `pg` refuses it without contacting Postgres: the commit must not be sent without that
    // statement.
    ['writes what cannot be sent', (sql) => sql.query('select $1::jsonb', [{ tokens: 1n }]), 'serialize a BigInt'],
  ])('stands a lane still while a projection %s, says so, and goes on once it does not', async (_how, fail, why) => {
    const failures: unknown[] = [];
    const failing = { fails: true };
    const projection: Projection<PurseEvent, object> = {
      ...(purseBalances as unknown as Projection<PurseEvent, object>),
      flush: async (sql, batch, lane) => {
        if (failing.fails) await fail(sql);
        await (purseBalances as unknown as Projection<PurseEvent, object>).flush(sql, batch, lane);
      },
    };
    const under = await openStore({
      limits: { answerTimeoutMs: 100 },
      projection,
      failed: (error) => failures.push(error),
    });
    try {
      const purses = under.store.streams(purse);
      const one = { id: randomUUID(), streamId: 'a', correlationId: 'test', actor: 'spec', data: { tokens: 1n } };
      await expect(purses.handle(deposit, one)).rejects.toBeInstanceOf(StoreUnavailable);
      await isTold(failures, why);
      const { rows } = await under.pool.query('select from events');
      expect(rows).toEqual([]);
      failing.fails = false;
      expect(await onceAvailable(() => purses.handle(deposit, one))).toMatchObject({ events: [{ sequence: 1 }] });
    } finally {
      await under.close();
    }
  });

  it('refuses to start on a topic with another number of partitions', async () => {
    const under = await openStore();
    try {
      under.log.drop(purseCatalogue.topic);
      await under.log.createTopic(purseCatalogue.topic, { partitions: contractLanes + 1, replicationFactor: 1 });
      await expect(under.another()).rejects.toThrow('has 4 partitions');
    } finally {
      await under.close();
    }
  });
});
