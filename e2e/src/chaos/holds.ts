import { expect } from '@jest/globals';
import { type Catalogue, decodeData, eventOfMessage, type StoredEvent } from '@tokengrid/contracts';
import { projectionSubscriber } from '@tokengrid/event-bus';
import {
  compareWithDatabase,
  digestOf,
  type EventLog,
  readLaneRecords,
  rebuildForeignProjection,
  rebuildProjections,
  recordedEvent,
  verifyTopic,
} from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import type pg from 'pg';
import { eventually } from './eventually.ts';
import { type Acknowledged, type Load, textOf } from './load.ts';
import type { PurseEvent } from './purse-domain.ts';
import { projectionTables, purseBalances, purseTotals } from './purse-projections.ts';
import type { Scenario } from './scenario.ts';

type Event = Recorded<PurseEvent>;

/**
 * Invariants after the dust has settled, whatever was broken. The load has stopped, and at least
 * one process serves.
 */
export async function expectAllHolds(scenario: Scenario, load: Load): Promise<readonly Event[]> {
  expect(load.wrongs).toEqual([]);
  expect(load.acknowledged.length).toBeGreaterThan(0);
  await untilSettled(scenario, load.acknowledged);
  const { pool } = scenario;
  const events = await expectWholeTopic(scenario);
  expectEachOnce(events, load.acknowledged);
  await expectBalances(pool, load.acknowledged);
  await expectSameDigests(scenario);
  await expectSameAnswers(scenario, load.acknowledged);
  return events;
}

/** Waits until every transfer has arrived and everything is applied. */
async function untilSettled({ pool }: Scenario, acknowledged: readonly Acknowledged[]): Promise<void> {
  const wanted = balancesOf(acknowledged);
  await eventually('every transfer has arrived and both projections show it', async () => {
    for (const table of projectionTables) {
      const { rows } = await pool.query<{ purse: string; tokens: string }>(`select purse, tokens from ${table}`);
      const shown = new Map(rows.map(({ purse, tokens }) => [purse, BigInt(tokens)]));
      if ([...wanted].some(([purse, tokens]) => (shown.get(purse) ?? 0n) !== tokens)) return false;
    }
    const { rows } = await pool.query<{ behind: boolean }>(
      `select bool_or(head.sequence > relay.sequence or head.sequence > coalesce(mark.sequence, 0)) as behind
       from lanes head join relays relay using (lane) left join subscriber_marks mark using (lane)`,
    );
    return !rows[0]!.behind;
  });
}

/** Balances computed from the clients' answers alone. */
function balancesOf(acknowledged: readonly Acknowledged[]): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  const add = (purse: string, tokens: bigint) => balances.set(purse, (balances.get(purse) ?? 0n) + tokens);
  for (const { command, outcome } of acknowledged) {
    for (const { type, data } of outcome.events) {
      if (type === 'Deposited') add(command.purseId, data.tokens);
      if (type !== 'Sent') continue;
      add(command.purseId, -data.tokens);
      add(data.toPurse, data.tokens);
    }
  }
  return balances;
}

async function expectBalances(pool: pg.Pool, acknowledged: readonly Acknowledged[]): Promise<void> {
  const wanted = [...balancesOf(acknowledged)].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const table of projectionTables) {
    const { rows } = await pool.query<{ purse: string; tokens: string }>(
      `select purse, tokens from ${table} order by purse collate "C"`,
    );
    expect(rows.map(({ purse, tokens }) => [purse, BigInt(tokens)])).toEqual(wanted);
    expect(rows.every(({ tokens }) => BigInt(tokens) >= 0n)).toBe(true);
  }
}

/**
 * Expects lanes that are dense, chained, balanced, and equal in Postgres. Returns the topic's
 * events without repeats.
 */
async function expectWholeTopic({ log, pool, catalogue }: Scenario): Promise<readonly Event[]> {
  const verified = await verifyTopic({ log, catalogue });
  expect(verified.map(({ fault }) => fault)).toEqual(verified.map(() => undefined));
  const compared = await compareWithDatabase(pool, catalogue.service, verified);
  expect(compared.map(({ unpublished, fault }) => ({ unpublished, fault }))).toEqual(
    compared.map(() => ({ unpublished: 0, fault: undefined })),
  );
  const events: Event[] = [];
  for (const { lane } of verified) events.push(...(await eventsOfLane(log, catalogue, lane)));
  const sums = new Map<string, bigint>();
  for (const { data } of events) {
    for (const { account, amount } of 'postings' in data ? data.postings : [])
      sums.set(account, (sums.get(account) ?? 0n) + amount);
  }
  expect([...sums.values()].reduce((sum, amount) => sum + amount, 0n)).toBe(0n);
  expect(sums.get('in-transit') ?? 0n).toBe(0n);
  return events;
}

async function eventsOfLane(log: EventLog, catalogue: Catalogue, lane: number): Promise<Event[]> {
  const events: Event[] = [];
  let time = 0;
  for await (const records of readLaneRecords(log, catalogue.topic, lane, 0)) {
    for (const record of records) {
      const event = eventIn(record);
      // A relay may repeat events; verifyTopic has checked that they are equal.
      if (event?.sequence !== events.length + 1 || event.service !== catalogue.service) continue;
      const data = decodeData(catalogue.events[event.type]!, event.version, event.value);
      events.push(recordedEvent(event, data) as Event);
      expect(event.time).toBeGreaterThanOrEqual(time);
      time = event.time;
    }
  }
  return events;
}

function eventIn(record: Parameters<typeof eventOfMessage>[0]): StoredEvent | undefined {
  try {
    return eventOfMessage(record).event;
  } catch {
    return undefined;
  }
}

/**
 * Expects every acknowledged command in the log once, with the events that its client was answered,
 * and nothing else.
 */
function expectEachOnce(events: readonly Event[], acknowledged: readonly Acknowledged[]): void {
  const byCommand = new Map<string, Event[]>();
  for (const event of events) byCommand.set(event.commandId, [...(byCommand.get(event.commandId) ?? []), event]);
  const differing = acknowledged.filter(
    ({ outcome }) => textOf({ ...outcome, events: byCommand.get(outcome.commandId) ?? [] }) !== textOf(outcome),
  );
  expect(differing).toEqual([]);
  const sent = events.filter(({ type }) => type === 'Sent');
  const received = events.filter(({ type }) => type === 'Received');
  expect(received.map(({ causationId }) => causationId).sort()).toEqual(sent.map(({ id }) => id).sort());
  expect(byCommand.size).toBe(acknowledged.length + received.length);
}

/** Expects projections equal to a rebuild from the events. */
async function expectSameDigests({ pool, log, catalogue }: Scenario): Promise<void> {
  const before = await digestOf(pool, projectionTables);
  const own = await rebuildProjections({ pool, catalogue, projections: [purseBalances as never] });
  const subscriber = projectionSubscriber(purseTotals.name);
  const foreign = await rebuildForeignProjection({
    pool,
    log,
    catalogue,
    projection: purseTotals as never,
    subscriber,
  });
  expect([...own.digests, ...foreign.digests]).toEqual(before);
}

const repeatedAtOnce = 200;

/** Expects the first answer for every id sent again. */
async function expectSameAnswers({ processes }: Scenario, acknowledged: readonly Acknowledged[]): Promise<void> {
  const process = processes.find(({ isAlive }) => isAlive)!;
  const differing: unknown[] = [];
  for (let from = 0; from < acknowledged.length; from += repeatedAtOnce) {
    await Promise.all(
      acknowledged.slice(from, from + repeatedAtOnce).map(async ({ command, outcome }) => {
        const answer = await process.ask({ kind: 'command', command });
        const same = answer.kind === 'outcome' && answer.outcome.repeated && textOf(answer.outcome) === textOf(outcome);
        if (!same) differing.push({ command, outcome, answer });
      }),
    );
  }
  expect(differing).toEqual([]);
}
