import { randomUUID } from 'node:crypto';
import { catalogue, event, type EventOf } from '@tokengrid/contracts';
import { type LookUp, openPostgresEventStore, type Projection } from '@tokengrid/event-store';
import { type Aggregate, type Decide, laneOf } from '@tokengrid/kernel';
import type pg from 'pg';
import { z } from 'zod';
import { InstantLog } from '../event-store/stage.ts';
import { lanes, measuredLane, questions } from './layouts.ts';

/** The measured work: a command of many uses, of which those are new that nobody has marked. */
const UsesTaken = event('UsesTaken', 'Uses were taken.', z.strictObject({ uses: z.array(z.string()) }));

type UseEvent = EventOf<typeof UsesTaken>;
const useCatalogue = catalogue('bench', [UsesTaken] as const);

const payer: Aggregate<number, UseEvent> = {
  ...{ name: 'payer', stateVersion: 1, initial: 0 },
  evolve: (state, { data }) => state + data.uses.length,
};

/** Nothing of a command was new. */
class AllKnown extends Error {}

const takeAll: Decide<number, readonly string[], UseEvent> = (_state, uses) => [UsesTaken({ uses: [...uses] })];

const takeNew: Decide<number, readonly string[], UseEvent> = (_state, uses, { found }) => {
  const unknown = uses.filter((use) => found(use) === undefined);
  if (unknown.length === 0) throw new AllKnown();
  return [UsesTaken({ uses: unknown })];
};

type Batch = { key: string; sequence: number; place: number; part: number }[];

/** As metering's, into the last of three partitions. */
const marks: Projection<UseEvent, Batch> = {
  name: 'usage-marks',
  tables: ['usage_marks'],
  begin: () => [],
  on: {
    UsesTaken: (batch, { sequence, data }) =>
      data.uses.forEach((key, place) => batch.push({ key, sequence, place, part: 2 })),
  },
  flush: async (sql, batch, lane) => {
    await sql.query(
      `insert into usage_marks (lane, part, place, key, sequence, stored_on, is_rated)
       select $1::int, part, place, key, sequence, date '2026-11-28', true
       from unnest($2::int[], $3::int[], $4::text[], $5::bigint[]) mark (part, place, key, sequence)`,
      [
        lane,
        batch.map(({ part }) => part),
        batch.map(({ place }) => place),
        batch.map(({ key }) => key),
        batch.map(({ sequence }) => sequence),
      ],
    );
  },
};

const lookUp: LookUp<UseEvent> = {
  read: async (sql, _lane, keys) => {
    const { rows } = await sql.query<{ key: string; sequence: string; place: number }>(questions.array, [keys]);
    return new Map(rows.map(({ key, sequence, place }) => [key, `rated ${sequence} ${place}`]));
  },
  setBy: ({ sequence, data }) => data.uses.map((key, place) => [key, `rated ${sequence} ${place}`]),
};

export const modes = {
  'without marks': { projects: false, looksUp: false },
  'marks are written': { projects: true, looksUp: false },
  'marks are written and looked up': { projects: true, looksUp: true },
} as const;

const usesOfCommand = 100;

/** A payer's stream in the measured lane. */
function payerOfLane(): string {
  for (let number = 0; ; number++) {
    const streamId = `payer-${number}`;
    if (laneOf(streamId, lanes) === measuredLane) return streamId;
  }
}

/** A store, and batches of commands of one lane; a batch is answered once it is stored. */
export async function openUses(pool: pg.Pool, { projects, looksUp }: (typeof modes)[keyof typeof modes]) {
  const { store } = await openPostgresEventStore<UseEvent>({
    ...{ pool, log: new InstantLog(), catalogue: useCatalogue },
    projections: projects ? [marks] : [],
    lookUp: looksUp ? lookUp : undefined,
    topic: { lanes, replicationFactor: 1 },
    limits: { answerTimeoutMs: 60_000 },
    observer: { failed: (error) => console.error(error) },
  });
  const payers = store.streams(payer);
  const streamId = payerOfLane();
  const send = async (uses: readonly string[]) => {
    const commands: Promise<unknown>[] = [];
    for (let at = 0; at < uses.length; at += usesOfCommand) {
      const data = uses.slice(at, at + usesOfCommand);
      const id = randomUUID();
      const command = { ...{ id, streamId, data, correlationId: id, actor: 'bench' }, ...(looksUp && { keys: data }) };
      commands.push(payers.handle(looksUp ? takeNew : takeAll, command));
    }
    for (const result of await Promise.allSettled(commands))
      if (result.status === 'rejected' && !(result.reason instanceof AllKnown)) throw result.reason as Error;
  };
  return { send, close: () => store.close() };
}
