import { describe, expect, it } from '@jest/globals';
import type { Principal } from '@tokengrid/service';
import { developer, provider, subscriber } from '../decisions/examples.fixture.ts';
import type { Use } from '../decisions/state/payer.ts';
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
    reporters: number === 1 ? { questions: 'developer', seats: 'operator', input_tokens: 'gateway' } : {},
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
      [{ subscriptionId: 'sbn_1', planId: 'basic', version: 1, from: at(1), until: at(10) }],
    ],
  ]),
};
const faultOf = (
  kind: Principal['kind'],
  model: string,
  day: number,
  more: Partial<Use> = {},
  partyId = subscriber,
) => {
  const caller = { kind, partyId: kind === 'operator' ? 'operator' : developer } as Principal;
  const named = { app: 'translate', model, time: new Date(at(day)).toISOString(), units: { requests: '1' } };
  const use = { ...named, ...more, usageId: 'usg_1', source: '/a', eventId: '1', reportedBy: caller.partyId };
  return mayNotReportUse(caller, { partyId, use }, facts)?.code;
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

  it.each<[Principal['kind'], string, string | undefined]>([
    ['developer', 'questions', undefined],
    ['operator', 'questions', 'METERING.OTHERS_METER'],
    ['developer', 'seats', 'METERING.OTHERS_METER'],
    ['operator', 'seats', undefined],
    ['developer', 'input_tokens', 'METERING.OTHERS_METER'],
    // Gateways report by the operator's key.
    ['operator', 'input_tokens', undefined],
    ['developer', 'requests', undefined],
    ['operator', 'requests', undefined],
    ['developer', 'constructor', undefined],
  ])('by the %s may count a meter only if the manifest names no other reporter: %s', (kind, meter, code) => {
    expect(faultOf(kind, 'qwen', 3, { units: { requests: '1', [meter]: '1' } })).toBe(code);
    // The version of that day names no reporters.
    expect(faultOf(kind, 'qwen', 4, { units: { [meter]: '1' } })).toBeUndefined();
  });

  it('waits if its payer may still subscribe, and is refused if it has since', () => {
    expect(faultOf('developer', 'qwen', 3, {}, provider)).toBeUndefined();
    expect(faultOf('developer', 'qwen', 11)).toBeUndefined();
    expect(faultOf('developer', 'qwen', 0)).toBe('METERING.NOT_SUBSCRIBED');
    expect(faultOf('operator', 'qwen', 0)).toBeUndefined();
  });
});
