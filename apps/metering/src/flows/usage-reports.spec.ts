import { describe, expect, it } from '@jest/globals';
import { derivedId, instantOf, type MeteringEvent } from '@tokengrid/contracts';
import { type Command, type EventStore, type Outcome, StoreUnavailable } from '@tokengrid/event-store';
import { someContext } from '@tokengrid/kernel';
import { type IncomingCommand, operatorPrincipal, type Principal, problem, ProblemError } from '@tokengrid/service';
import { pino } from 'pino';
import type { MeteringConfig } from '../config.ts';
import { markKeyOf, parkedMark, repeatsToldMs, TooOld } from '../decisions/rules/marks.ts';
import { payer } from '../decisions/state/payer.ts';
import { type RateUses, rateUses } from '../decisions/usage/rate-uses.ts';
import type { Sources } from '../projections/sources.reads.ts';
import type { KnownUses } from '../projections/known-uses.ts';
import type { Facts } from '../rate-card/facts.ts';
import type { RateCard } from '../rate-card/rate-card.ts';
import type { Payers } from '../streams/payers.ts';
import type { Reports } from '../streams/reports.ts';
import { usageIdOf } from '../usage-events/reported-use.ts';
import { UsageReports } from './usage-reports.ts';

const nothingKnown: Facts = {
  pricesKnownUntil: Infinity,
  parties: new Set(),
  keys: new Map(),
  models: new Map(),
  apps: new Map(),
  subscriptions: new Map(),
};
const developer: Principal = { ...operatorPrincipal, partyId: 'org_01jzxw9k3de5v8m2q4r6t8y0ab', kind: 'developer' };
const now = Date.UTC(2026, 8, 1);

/** A use of a payer; each letter pays for itself, unless another pays. */
const eventOf = (id: string, over: object = {}, payerName = id) => ({
  specversion: '1.0',
  ...{ id, source: '/specs', type: 'use', subject: derivedId('sub', payerName) },
  ...{ data: { model: 'qwen', units: { input_tokens: 1 } }, time: instantOf(now), ...over },
});

/**
 * Reports over payers' streams that fail as given, by the id of an event that a command has. Each
 * use that is taken is parked, and marked.
 */
function reportsOver(failures: ReadonlyMap<string, Error> = new Map(), published = true) {
  const commands: Command<RateUses>[] = [];
  const marks = new Map<string, string>();
  const stored = new Map<string, Outcome<MeteringEvent>>();
  const handle = (_decide: unknown, command: Command<RateUses>): Promise<Outcome<MeteringEvent>> => {
    command.taken?.();
    const first = stored.get(command.id);
    if (first) return Promise.resolve({ ...first, repeated: true });
    const failure = command.data.uses.map(({ use }) => failures.get(use.eventId)).find((error) => error !== undefined);
    if (failure) return Promise.reject(failure);
    return new Promise((resolve) => {
      const found = (key: string) => marks.get(key);
      const decided = rateUses(payer.initial, command.data, { ...someContext, time: now, found });
      commands.push(command);
      const events = decided.map((event) => ({ ...event, causationId: command.causationId ?? command.id }));
      for (const { data } of decided) {
        if ('uses' in data)
          data.uses.forEach(({ usageId }, place) => marks.set(markKeyOf(usageId), parkedMark(commands.length, place)));
      }
      const outcome: unknown = { commandId: command.id, events, repeated: false, published };
      stored.set(command.id, outcome as Outcome<MeteringEvent>);
      resolve(outcome as Outcome<MeteringEvent>);
    });
  };
  let received: { readonly id: string; readonly data: unknown } | undefined;
  const reports = new UsageReports(
    { handle } as unknown as Payers,
    {
      handle: (_decide: unknown, { data }: Command<unknown>) => {
        received ??= { id: 'metering/0/1', data };
        return Promise.resolve({ events: [{ ...received, type: 'ReportReceived', time: now }] });
      },
    } as unknown as Reports,
    { factsAbout: () => Promise.resolve(nothingKnown) } as unknown as RateCard,
    {
      among: (uses: readonly { readonly use: { readonly usageId: string } }[]) =>
        Promise.resolve(new Set(uses.map(({ use }) => use.usageId).filter((usageId) => marks.has(markKeyOf(usageId))))),
    } as unknown as KnownUses,
    { of: () => Promise.resolve(new Map()) } as unknown as Sources,
    { lanes: 6, published: () => Promise.resolve() } as unknown as EventStore<MeteringEvent, undefined>,
    { now: () => now },
    {
      maxReportEvents: 1000,
      maxReportEventsInFlight: 2,
      maxUsesInFlight: 100,
      answerTimeoutMs: 5000,
    } as MeteringConfig,
    pino({ level: 'silent' }),
  );
  let requests = 0;
  const incoming = (id: string, { actor } = operatorPrincipal) =>
    ({
      id,
      inputHash: 'hash',
      correlationId: 'the-correlator',
      actor,
      to: (streamId: string, data: unknown) => ({ id, streamId, data }),
    }) as unknown as IncomingCommand;
  const take = (events: readonly object[], caller = operatorPrincipal) =>
    reports.take(caller, { events, mode: 'batched' }, incoming(`request ${++requests}`, caller), false);
  return {
    take,
    takeKeyed: (events: readonly object[]) =>
      reports.take(operatorPrincipal, { events, mode: 'batched' }, incoming('keyed'), true),
    takeOne: (event: object, caller = operatorPrincipal) =>
      reports.take(caller, { events: [event], mode: 'structured' }, incoming(`request ${++requests}`), false),
    /** Ids of the events of each command that was taken. */
    taken: () => commands.map(({ data }) => data.uses.map(({ use }) => use.eventId)),
    commands,
  };
}

const away = new ProblemError(problem(503, 'UNAVAILABLE', 'the database does not answer'));
const all = (...ids: string[]) => ids.map((id) => eventOf(id));

describe('a batch of usage', () => {
  it('is split by payer, in its order, into commands of a hundred uses', async () => {
    const { take, taken } = reportsOver();
    const numbered = (name: string, count: number) =>
      Array.from({ length: count }, (_, n) => eventOf(`${name}${n}`, {}, name));
    const [long, short] = [numbered('long', 201), numbered('short', 2)];
    const mixed = long.flatMap((event, n) => (n < short.length ? [event, short[n]!] : [event]));
    expect(await take(mixed)).toEqual({ accepted: 203, duplicates: 0, rejected: [] });
    const ids = long.map(({ id }) => id);
    expect(taken()).toEqual([ids.slice(0, 100), ids.slice(100, 200), ids.slice(200), ['short0', 'short1']]);
  });

  it('takes what is good, whatever one use does, and says which was not taken', async () => {
    const { take, taken } = reportsOver(
      new Map([
        ['b', new TypeError('a mistake of ours')],
        ['d', new ProblemError(problem(500, 'UNREADABLE', 'the stream cannot be read'))],
        ['f', new TooOld(['usg_f'])],
      ]),
    );
    const withB = eventOf('b2', {}, 'b');
    expect(await take([...all('a', 'b', 'c', 'd', 'e', 'f'), withB])).toEqual({
      accepted: 3,
      duplicates: 0,
      rejected: [
        { index: 1, detail: 'not accepted, unexpected error; see the-correlator in the log' },
        { index: 3, detail: 'the stream cannot be read' },
        { index: 5, detail: '/time: must not be older than 35 days; the operator may report it' },
        { index: 6, detail: 'not accepted, unexpected error; see the-correlator in the log' },
      ],
    });
    expect(taken()).toEqual([['a'], ['c'], ['e']]);
  });

  it('takes the others of a payer of which one became too old meanwhile', async () => {
    const { partyId } = operatorPrincipal;
    const tooOld = new TooOld([usageIdOf(partyId, '/specs', 'b'), usageIdOf(partyId, '/specs', 'd')]);
    const { takeKeyed, taken } = reportsOver(new Map(['b', 'd'].map((id) => [id, tooOld])));
    const detail = '/time: must not be older than 35 days; the operator may report it';
    const events = ['a', 'b', 'c', 'd'].map((id) => eventOf(id, {}, 'one'));
    const first = await takeKeyed(events);
    expect(first).toEqual({
      ...{ accepted: 2, duplicates: 0 },
      rejected: [
        { index: 1, detail },
        { index: 3, detail },
      ],
    });
    expect(taken()).toEqual([['a', 'c']]);
    expect(await takeKeyed(events)).toEqual(first);
  });

  it('rejects what repeats a rejected use, too: nothing is told taken that is not', async () => {
    const { take } = reportsOver(new Map([['b', new TypeError('a mistake of ours')]]));
    expect(await take(all('a', 'b', 'b', 'a'))).toMatchObject({
      ...{ accepted: 1, duplicates: 1 },
      rejected: [{ index: 1 }, { index: 2 }],
    });
  });

  it('of which a lane is away for now takes the rest, and loses nothing when it is sent again', async () => {
    const failures = new Map([['a', away]]);
    const { take, taken } = reportsOver(failures);
    await expect(take(all('a', 'b', 'c', 'd', 'e'))).rejects.toBe(away);
    expect(taken().flat()).toEqual(['b', 'c', 'd', 'e']);
    failures.clear();
    expect(await take(all('a', 'b', 'c', 'd', 'e'))).toEqual({ accepted: 1, duplicates: 4, rejected: [] });
  });

  it('does not wait for the log again and again while that is away', async () => {
    const { take, taken } = reportsOver(new Map(), false);
    await expect(take(all('a', 'b', 'c', 'd', 'e'))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(taken()).toEqual([['a'], ['b']]);
    expect(await take(all('f', 'g'))).toMatchObject({ accepted: 2 });
  });

  it('does not go on where all is away', async () => {
    const { take, taken } = reportsOver(new Map(['a', 'b'].map((id) => [id, away])));
    await expect(take(all('a', 'b', 'c'))).rejects.toBe(away);
    expect(taken()).toEqual([]);
  });

  it('counts a use once that it names twice, also for two payers', async () => {
    const { take, taken } = reportsOver();
    const twice = [eventOf('a'), eventOf('a'), eventOf('b'), eventOf('a', {}, 'b')];
    expect(await take(twice)).toEqual({ accepted: 2, duplicates: 2, rejected: [] });
    expect(taken()).toEqual([['a'], ['b']]);
  });
});

describe('a report under a key', () => {
  it('gets its first answer again, also where an outage ended the first attempt', async () => {
    const failures = new Map([['c', away]]);
    const { take, takeKeyed, taken } = reportsOver(failures);
    await take(all('b'));
    const events = [...all('a', 'b', 'c'), { id: 'no event' }];
    await expect(takeKeyed(events)).rejects.toBe(away);
    failures.clear();
    const answer = { accepted: 2, duplicates: 1, rejected: [{ index: 3, detail: '/specversion: must be "1.0"' }] };
    expect(await takeKeyed(events)).toEqual(answer);
    expect(await takeKeyed(events)).toEqual(answer);
    expect(taken()).toEqual([['b'], ['a'], ['c']]);
  });
});

describe('a use that was taken', () => {
  it('is a duplicate ever after, also for a reporter that could not report it now', async () => {
    const { take, takeOne, taken } = reportsOver();
    await expect(takeOne(eventOf('a'), developer)).rejects.toMatchObject({ problem: { status: 403 } });
    expect(taken()).toEqual([]);
    // The operator's reports of that party would be other uses: this is the developer's own,
    // accepted while it had the right.
    const asOperator = { ...operatorPrincipal, partyId: developer.partyId };
    expect(await takeOne(eventOf('a'), asOperator)).toMatchObject({ accepted: 1 });
    expect(await takeOne(eventOf('a'), developer)).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    expect(await take(all('b', 'a'), developer)).toMatchObject({ duplicates: 1, rejected: [{ index: 0 }] });
  });
});

describe('a use of which repeats are told no more', () => {
  const oldest = now - repeatsToldMs;
  const old = eventOf('old', { time: instantOf(oldest - 1) }, 'a');
  const last = eventOf('last', { time: instantOf(oldest) }, 'a');

  it('is rejected, with the place and the reason', async () => {
    const { take, takeOne } = reportsOver();
    await expect(takeOne(old, developer)).rejects.toMatchObject({
      problem: { status: 400, extra: { errors: [{ pointer: '/time', detail: expect.stringContaining('35 days') }] } },
    });
    const rejected = [
      { index: 0, detail: '/time: must not be older than 35 days; the operator may report it' },
      { index: 1, detail: expect.stringContaining('/data/model: only the operator') },
    ];
    expect(await take([old, last], developer)).toEqual({ accepted: 0, duplicates: 0, rejected });
  });

  it('is a repeat all the same if it was accepted before, and gets its first answer under its key', async () => {
    const { take, takeOne, takeKeyed } = reportsOver();
    const asOperator = { ...operatorPrincipal, partyId: developer.partyId };
    expect(await takeOne(old, asOperator)).toMatchObject({ accepted: 1 });
    expect(await takeOne(old, developer)).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    expect(await take([old], developer)).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    const first = await takeKeyed([old]);
    expect(first).toMatchObject({ accepted: 1 });
    expect(await takeKeyed([old])).toEqual(first);
  });

  it('is brought in by the operator, under an id that is its own for ever', async () => {
    const { take, takeKeyed, takeOne, taken, commands } = reportsOver();
    expect(await take([old, last])).toEqual({ accepted: 2, duplicates: 0, rejected: [] });
    expect(taken()).toEqual([['old'], ['last']]);
    expect(commands.map(({ data }) => data.isBackfill)).toEqual([true, false]);
    expect(await takeOne(old)).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    const older = eventOf('older', { time: '2000-01-01T00:00:00Z' });
    const first = await takeKeyed([old, older, older]);
    expect(first).toEqual({ accepted: 1, duplicates: 2, rejected: [] });
    expect(await takeKeyed([old, older, older])).toEqual(first);
  });
});

describe('reports of one payer at a time', () => {
  const ofOne = (id: string) => eventOf(id, {}, 'one');

  it('share commands, and are each told what they brought in', async () => {
    const { take, taken } = reportsOver();
    const reports = [['a', 'b'], ['c'], ['b', 'd'], ['c'], ['e']].map((ids) => take(ids.map(ofOne)));
    const accepted = (await Promise.all(reports)).map((tally) => [tally.accepted, tally.duplicates]);
    expect(accepted).toEqual([
      [2, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [1, 0],
    ]);
    expect(taken().length).toBeLessThan(reports.length);
    expect(taken()[0]).toEqual(['a', 'b']);
  });

  it('do not go into one command if several callers report them', async () => {
    const { take, commands } = reportsOver();
    const others = [operatorPrincipal, { ...operatorPrincipal, actor: 'operator/key_1' }];
    await Promise.all(others.map((caller, at) => take([ofOne(`${at}a`), ofOne(`${at}b`)], caller)));
    expect(commands.map(({ actor, data }) => [actor, data.uses.map(({ use }) => use.eventId)])).toEqual([
      ['operator/bootstrap', ['0a', '0b']],
      ['operator/key_1', ['1a', '1b']],
    ]);
  });

  it('do not share the fault of one of them', async () => {
    const { take, taken } = reportsOver(new Map([['c', new TooOld(['usg_c'])]]));
    const [first, second, third] = await Promise.all([take([ofOne('a')]), take([ofOne('c')]), take([ofOne('d')])]);
    expect([first, third]).toMatchObject([{ accepted: 1 }, { accepted: 1 }]);
    expect(second).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] });
    expect(taken().flat()).toEqual(['a', 'd']);
  });

  it('have commands of their own under a key: the same answer can be given again', async () => {
    const { take, takeKeyed, commands } = reportsOver();
    const [, keyed] = await Promise.all([take([ofOne('a')]), takeKeyed([ofOne('b')]), take([ofOne('c')])]);
    expect(keyed).toMatchObject({ accepted: 1 });
    expect(commands.filter(({ causationId }) => causationId !== undefined)).toMatchObject([
      { data: { uses: [{ use: { eventId: 'b' } }] } },
    ]);
  });
});

describe('a single use that fails', () => {
  it('is the error that it is', async () => {
    const failure = new TypeError('a mistake of ours');
    await expect(reportsOver(new Map([['a', failure]])).takeOne(eventOf('a'))).rejects.toBe(failure);
  });
});
