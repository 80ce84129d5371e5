import { describe, expect, it } from '@jest/globals';
import type { Principal } from '@tokengrid/service';
import { developer, subscriber } from '../decisions/examples.fixture.ts';
import { type Facts, subscriptionKey, type VersionFacts } from '../rate-card/facts.ts';
import { mayNotReportUse } from './may-report.ts';

const at = (day: number) => Date.UTC(2026, 0, day);
const version = (number: number, day: number, models: string[], withdrawn = false): VersionFacts => ({
  ...{
    version: number,
    effectiveFrom: at(day),
    subscriptionsFrom: at(day),
    operatorBps: 0,
    plans: [],
    models,
    withdrawn,
  },
});
const versions = [version(1, 2, ['qwen']), version(2, 4, ['llama3:70b']), version(3, 5, ['friends-model'], true)];
const facts: Facts = {
  pricesKnownUntil: Infinity,
  parties: new Set([subscriber]),
  keys: new Map(),
  models: new Map(),
  apps: new Map([['translate', { developerId: developer, versions, pauses: [] }]]),
  subscriptions: new Map([
    [
      subscriptionKey('translate', subscriber),
      [{ subscriptionId: 'sbn_1', planId: 'basic', version: 1, from: at(2), until: null }],
    ],
  ]),
};
const faultOf = (kind: Principal['kind'], model: string, day: number) => {
  const caller = { kind, partyId: kind === 'operator' ? 'operator' : developer } as Principal;
  const named = { app: 'translate', model, time: new Date(at(day)).toISOString(), units: { requests: '1' } };
  const use = { ...named, usageId: 'usg_1', source: '/a', eventId: '1', reportedBy: caller.partyId };
  return mayNotReportUse(caller, { partyId: subscriber, use }, facts)?.code;
};

describe('a report of an app’s use', () => {
  it.each([
    ['qwen', 3],
    ['qwen', 1],
    ['qwen', 9],
    ['llama3:70b', 4],
  ])('may name a model that a version in force lists: %s on day %i', (model, day) =>
    expect(faultOf('developer', model, day)).toBeUndefined(),
  );

  it.each([
    ['friends-model', 9],
    ['llama3:70b', 3],
    ['Qwen', 3],
  ])('is refused if it names a model that no version in force lists: %s on day %i', (model, day) =>
    expect(faultOf('developer', model, day)).toBe('METERING.MODEL_NOT_LISTED'),
  );

  it('may name any model if it is the operator’s', () =>
    expect(faultOf('operator', 'friends-model', 9)).toBeUndefined());
});
