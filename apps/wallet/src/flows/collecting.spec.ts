import { expect, it } from '@jest/globals';
import type { Reaction } from '@tokengrid/event-bus';
import type { DataSource } from 'typeorm';
import type { Lanes } from '../streams/lanes.ts';
import type { Wallets } from '../streams/wallets.ts';
import { Collecting } from './collecting.ts';
import type { Deciding } from './deciding.ts';
import type { UseActors } from './use-actors.ts';

/** A statement for each of many transfers took a quarter of what Postgres did for them. */
it('asks once whether uses wait in any of the wallets to which tokens came together', async () => {
  const asked: unknown[] = [];
  const database = {
    query: (_sql: string, parameters: readonly unknown[]) => {
      asked.push(parameters);
      return Promise.resolve([]);
    },
  };
  const lanes = { of: () => 3 };
  const none = {} as unknown;
  const collecting = new Collecting(
    database as unknown as DataSource,
    lanes as unknown as Lanes,
    none as Wallets,
    none as Deciding,
    none as UseActors,
  );
  const walletIds = Array.from({ length: 500 }, (_, at) => `wal_${at}`);
  const collected = await Promise.all(walletIds.map((walletId) => collecting.collect(walletId, none as Reaction)));
  expect(collected.flat()).toEqual([]);
  expect(asked).toEqual([[walletIds.map(() => 3), walletIds]]);
});
