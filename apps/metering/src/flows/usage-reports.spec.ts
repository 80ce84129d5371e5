import { describe, expect, it } from '@jest/globals';
import type { EventStore, Outcome } from '@tokengrid/event-store';
import { type IncomingCommand, operatorPrincipal, type Principal, problem, ProblemError } from '@tokengrid/service';
import type { MeteringEvent } from '@tokengrid/contracts';
import { pino } from 'pino';
import type { MeteringConfig } from '../config.ts';
import type { RateUsage } from '../decisions/usage/rate-usage.ts';
import type { Facts } from '../rate-card/facts.ts';
import type { RateCard } from '../rate-card/rate-card.ts';
import type { Reports } from '../streams/reports.ts';
import { shortened, UsageReports } from './usage-reports.ts';
import type { Usages } from '../streams/usages.ts';

const nothingKnown: Facts = {
  parties: new Set(),
  keys: new Map(),
  models: new Map(),
  apps: new Map(),
  subscriptions: new Map(),
};
const developer: Principal = { ...operatorPrincipal, partyId: 'org_01jzxw9k3de5v8m2q4r6t8y0ab', kind: 'developer' };
const incoming = { correlationId: 'the-correlator', traceparent: undefined } as IncomingCommand;

const eventOf = (id: string) => ({
  specversion: '1.0',
  ...{ id, source: '/specs', type: 'use', subject: 'sub_01jzxw9k3de5v8m2q4r6t8y0ab' },
  data: { model: 'qwen', units: { input_tokens: 1 } },
});

/** Reports over usages that fail as given, by event id, and record the accepted ones. */
function reportsOver(failures: ReadonlyMap<string, Error>) {
  const taken = new Map<string, string>();
  const handle = (_decide: unknown, { id, data }: { readonly id: string; readonly data: RateUsage }) => {
    const { eventId } = data.use;
    const failure = failures.get(eventId);
    if (failure) return Promise.reject(failure);
    const repeated = taken.has(id);
    taken.set(id, eventId);
    return Promise.resolve<Outcome<MeteringEvent>>({ commandId: id, events: [], repeated, published: true });
  };
  const reports = new UsageReports(
    { handle } as unknown as Usages,
    {} as Reports,
    { factsAbout: () => Promise.resolve(nothingKnown) } as unknown as RateCard,
    {
      known: (commands: { readonly id: string }[]) =>
        Promise.resolve(new Set(commands.map(({ id }) => id).filter((id) => taken.has(id)))),
    } as unknown as EventStore<MeteringEvent, undefined>,
    { now: Date.now },
    { maxReportEvents: 100, maxReportEventsInFlight: 2 } as MeteringConfig,
    pino({ level: 'silent' }),
  );
  const take = (ids: readonly string[], caller = operatorPrincipal) =>
    reports.take(caller, { events: ids.map(eventOf), mode: 'batched' }, incoming, false);
  const takeOne = (id: string, caller = operatorPrincipal) =>
    reports.take(caller, { events: [eventOf(id)], mode: 'structured' }, incoming, false);
  return { take, takeOne, taken: () => [...taken.values()] };
}

const away = new ProblemError(problem(503, 'UNAVAILABLE', 'the database does not answer'));

describe('a batch of usage', () => {
  it('takes what is good, whatever one use does, and says which was not taken', async () => {
    const { take, taken } = reportsOver(
      new Map([
        ['b', new TypeError('a mistake of ours')],
        ['d', new ProblemError(problem(500, 'UNREADABLE', 'the stream cannot be read'))],
      ]),
    );
    expect(await take(['a', 'b', 'c', 'd', 'e'])).toEqual({
      accepted: 3,
      duplicates: 0,
      rejected: [
        { index: 1, detail: 'not accepted, unexpected error; see the-correlator in the log' },
        { index: 3, detail: 'the stream cannot be read' },
      ],
    });
    expect(taken()).toEqual(['a', 'c', 'e']);
  });

  it('of which a lane is away for now takes the rest, and loses nothing when it is sent again', async () => {
    const failures = new Map([['a', away]]);
    const { take, taken } = reportsOver(failures);
    await expect(take(['a', 'b', 'c', 'd', 'e'])).rejects.toBe(away);
    expect(taken()).toEqual(['b', 'c', 'd', 'e']);
    failures.clear();
    expect(await take(['a', 'b', 'c', 'd', 'e'])).toEqual({ accepted: 1, duplicates: 4, rejected: [] });
  });

  it('does not go on where all is away', async () => {
    const { take, taken } = reportsOver(new Map(['a', 'b'].map((id) => [id, away])));
    await expect(take(['a', 'b', 'c'])).rejects.toBe(away);
    expect(taken()).toEqual([]);
  });
});

describe('a use that was taken', () => {
  it('is a duplicate ever after, also for a reporter that could not report it now', async () => {
    const { take, takeOne, taken } = reportsOver(new Map());
    await expect(takeOne('a', developer)).rejects.toMatchObject({ problem: { status: 403 } });
    expect(taken()).toEqual([]);
    // The operator's reports of that party would be other uses: this is the developer's own,
    // accepted while it had the right.
    const asOperator = { ...operatorPrincipal, partyId: developer.partyId };
    expect(await takeOne('a', asOperator)).toMatchObject({ accepted: 1 });
    expect(await takeOne('a', developer)).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    expect(await take(['b', 'a'], developer)).toMatchObject({ duplicates: 1, rejected: [{ index: 0 }] });
  });
});

describe('a single use that fails', () => {
  it('is the error that it is', async () => {
    const failure = new TypeError('a mistake of ours');
    await expect(reportsOver(new Map([['a', failure]])).takeOne('a')).rejects.toBe(failure);
  });
});

describe('details of rejections', () => {
  it.each(['a', 'é', '😀', '"', '\u0001'])(
    'are short enough for fifty thousand of them in one event, of %j too',
    (unit) => {
      const detail = shortened(`/data/units/${unit.repeat(500)}: unknown field`);
      expect(Buffer.byteLength(JSON.stringify(detail))).toBeLessThanOrEqual(120);
      expect(detail).toMatch(/^\/data\/units\/.*…$/su);
      expect(detail.isWellFormed()).toBe(true);
      expect(shortened('/time: must be a time that exists')).toBe('/time: must be a time that exists');
    },
  );
});
