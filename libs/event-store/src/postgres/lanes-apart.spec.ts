import { describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { claimsContract } from '../contract/claims.contract.ts';
import { contractLanes, eventStoreContract, type OpenStore } from '../contract/event-store.contract.ts';
import { invalidContract } from '../contract/invalid.contract.ts';
import { lookUpContract } from '../contract/look-up.contract.ts';
import { processesContract } from '../contract/processes.contract.ts';
import { unreadableContract } from '../contract/unreadable.contract.ts';
import { acrossLanes } from './across-lanes.ts';
import { pursesInPostgres } from './purses-in-postgres.fixture.ts';
import { declaredTables, lanesOf, putLanesApart, tableFaults } from './table-kinds.ts';

/** A statement, and the lanes whose parts it read or wrote. */
interface Sent {
  readonly text: string;
  readonly lanes: ReadonlySet<number>;
}

/** By text: the execution that touched most lanes. */
const sent = new Map<string, Sent>();

interface Explained {
  readonly message?: string | undefined;
}

/** Has Postgres send the plan of each executed statement, pruned by the statement's parameters. */
function watch(client: pg.PoolClient): void {
  client.on('notice', ({ message }: Explained) => {
    const plan = message?.slice(message.indexOf('{'));
    if (!message?.startsWith('duration:') || plan === undefined) return;
    const { 'Query Text': text, ...rest } = JSON.parse(plan) as { readonly 'Query Text': string };
    const lanes = lanesOf(rest);
    if (lanes.size >= (sent.get(text)?.lanes.size ?? 0)) sent.set(text, { text, lanes });
  });
  void client.query(
    `load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_format = json;
     set auto_explain.log_level = notice; set client_min_messages = notice`,
  );
}

const openApart = pursesInPostgres();
const open: OpenStore = (limits) =>
  openApart({ limits, prepare: (pool) => putLanesApart(pool, contractLanes), connected: watch });

eventStoreContract('Postgres with a part for each lane', open);
unreadableContract('Postgres with a part for each lane', open);
claimsContract('Postgres with a part for each lane', open);
invalidContract('Postgres with a part for each lane', open);
lookUpContract('Postgres with a part for each lane', open);
processesContract('Postgres with a part for each lane', open);

describe('the tables of an event store', () => {
  it('say what they are, and the lane leads every key of those of lanes', async () => {
    const under = await openApart();
    try {
      expect(await tableFaults(under.pool)).toEqual([]);
      const kinds = new Map((await declaredTables(under.pool)).map(({ table, kind }) => [table, kind]));
      expect(kinds.get('events')).toBe('lane');
      expect(kinds.get('leases')).toBe('local');
    } finally {
      await under.close();
    }
  });

  it.each([
    ['create table someone (id int primary key)', 'someone is not declared'],
    [
      `create table late (lane int, id int primary key); comment on table late is 'lane'`,
      'begins with id, not with lane',
    ],
    [
      `create table twice (lane int, id int, name text, primary key (lane, id)); create unique index on twice (name, lane);
       comment on table twice is 'lane'`,
      'begins with name, not with lane',
    ],
    [`create table loose (lane int); comment on table loose is 'lane'`, 'has no primary key'],
    [
      `create table counted (lane int, id bigserial, primary key (lane, id)); comment on table counted is 'lane'`,
      'id is counted by a sequence',
    ],
    [
      `create table own (name text primary key references leases); comment on table own is 'reference'`,
      'a table of another kind',
    ],
    [
      `create table beside (lane int, id int, at int references lanes (lane), primary key (lane, id));
       comment on table beside is 'lane'`,
      'leads to lanes without lane',
    ],
  ])('are told of what could not be put on several servers: %s', async (tables, fault) => {
    const under = await openApart();
    try {
      await under.pool.query(tables);
      expect(await tableFaults(under.pool)).toEqual([expect.stringContaining(fault)]);
    } finally {
      await under.close();
    }
  });
});

/** Last: it looks at all that the contract has sent. */
describe('the statements of an event store', () => {
  it('go to one lane each, by their plans, or say that they go across lanes', () => {
    const ofLanes = [...sent.values()].filter(({ lanes }) => lanes.size > 0);
    // The statements of a transaction are among them: otherwise nothing was watched.
    for (const hot of [
      'for update',
      'from commands where lane',
      'insert into events',
      'update relays',
      'join purse_notes',
    ])
      expect(ofLanes.some(({ text }) => text.includes(hot))).toBe(true);
    const scattered = ofLanes.filter(({ text, lanes }) => lanes.size > 1 && !text.trimStart().startsWith(acrossLanes));
    expect(scattered.map(({ text }) => text)).toEqual([]);
  });
});
