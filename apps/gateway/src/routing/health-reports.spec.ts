import { afterEach, describe, expect, it } from '@jest/globals';
import type { Command } from '@tokengrid/event-store';
import { until } from '@tokengrid/service/testing';
import pino from 'pino';
import type { StateHealth } from '../decisions/offers/state-health.ts';
import type { Offers } from '../streams/offers.ts';
import type { Breaker } from './breaker.ts';
import { closedBreaker } from './breaker.ts';
import { HealthReports } from './health-reports.ts';

const open = (why: 'failing' | 'busy'): Breaker => ({
  state: 'open',
  why,
  until: performance.now() + 5000,
  failedProbes: 0,
});

let reports: HealthReports | undefined;
afterEach(() => reports?.onApplicationShutdown());

function reporting(everyMs: number, handle: () => Promise<unknown> = () => Promise.resolve()) {
  const stated: string[] = [];
  const offers = {
    handle: (_decide: unknown, { data: { modelId, tripped } }: Command<StateHealth>) => {
      stated.push(`${modelId} ${tripped?.why ?? 'recovered'}`);
      return handle();
    },
  } as unknown as Offers;
  const config = { serviceInstance: '1', healthEventsEveryMs: everyMs };
  reports = new HealthReports(offers, config, pino({ level: 'silent' }));
  const change = (offerId: string, before: Breaker, after: Breaker) => reports!.changed({ offerId, before, after });
  return { stated, change };
}

describe('the health of an offer', () => {
  it('is stated at once when it changes', () => {
    const { stated, change } = reporting(60_000);
    change('a', closedBreaker, open('failing'));
    change('b', closedBreaker, open('busy'));
    expect(stated).toEqual(['a failing', 'b busy']);
  });

  it('is stated once a time however often it changes, and then as it is', async () => {
    const { stated, change } = reporting(50);
    change('a', closedBreaker, open('failing'));
    for (let changes = 0; changes < 101; changes++) {
      change('a', open('failing'), closedBreaker);
      change('a', closedBreaker, open('busy'));
    }
    change('a', open('busy'), closedBreaker);
    expect(stated).toEqual(['a failing']);
    await until(() => Promise.resolve(stated.length > 1));
    expect(stated).toEqual(['a failing', 'a recovered']);
  });

  it('is not stated again if it is as it was stated', async () => {
    const { stated, change } = reporting(20);
    change('a', closedBreaker, open('failing'));
    change('a', open('failing'), closedBreaker);
    change('a', closedBreaker, open('failing'));
    await until(() => Promise.resolve((reports as unknown as { reported: Map<string, unknown> }).reported.size === 0));
    expect(stated).toEqual(['a failing']);
  });

  it('fails nothing where it can not be stated', async () => {
    const { stated, change } = reporting(20, () => Promise.reject(new Error('no log')));
    change('a', closedBreaker, open('failing'));
    change('a', open('failing'), closedBreaker);
    await until(() => Promise.resolve(stated.length > 1));
    expect(stated).toEqual(['a failing', 'a recovered']);
  });
});
