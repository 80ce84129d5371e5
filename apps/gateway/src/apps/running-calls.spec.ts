import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { newId, permissionDenied, type ProblemError } from '@tokengrid/service';
import { pino } from 'pino';
import type { Admitted } from './app-admission.ts';
import { type RunningCall, RunningCalls } from './running-calls.ts';

const admitted = (some: Partial<Admitted> = {}): Admitted => ({
  ...{ appId: newId('app'), slug: 'tea-shop', endpoint: 'https://tea.example', partyId: newId('sub') },
  ...{ subscriptionId: newId('sbn'), planId: 'basic', scopes: ['profile'], meters: [], ...some },
});

/** A call of a spec, with its admission as it is by now. */
class SpecCall implements RunningCall {
  ended: ProblemError | undefined;
  admits = 0;

  constructor(
    readonly admitted: Admitted,
    readonly group = 'key tea-shop',
    public now: () => Admitted | Promise<Admitted> = () => admitted,
  ) {}

  async admit(): Promise<Admitted> {
    this.admits++;
    return this.now();
  }

  end(reason: ProblemError): void {
    this.ended ??= reason;
  }
}

const running = (some: { appRequests?: number; appRequestsPerSubscription?: number } = {}) =>
  new RunningCalls({ appRequests: 10, appRequestsPerSubscription: 2, ...some }, pino({ level: 'silent' }));
const codeOf = ({ ended }: SpecCall) => ended && [ended.problem.status, ended.problem.code];

afterEach(() => void jest.restoreAllMocks());

describe('calls that run', () => {
  it('are no more than one subscription may have, and no more than all may have', () => {
    const calls = running({ appRequests: 3 });
    const one = admitted();
    const over = calls.begin(new SpecCall(one));
    calls.begin(new SpecCall(one));
    expect(() => calls.begin(new SpecCall(one))).toThrow('2 requests of this subscription run');
    calls.begin(new SpecCall(admitted()));
    expect(() => calls.begin(new SpecCall(admitted()))).toThrow('as many requests to apps run as there may be');
    over();
    over();
    calls.begin(new SpecCall(one));
    expect(() => calls.begin(new SpecCall(one))).toThrow();
  });

  it('are checked once for all that one key has at one app', async () => {
    const calls = running();
    const one = admitted();
    const [first, second] = [new SpecCall(one), new SpecCall(one)];
    for (const call of [first, second]) calls.begin(call);
    await calls.check();
    expect([first.admits, second.admits, first.ended, second.ended]).toEqual([1, 0, undefined, undefined]);
  });

  it('end where they are refused, under another subscription, or without one of their scopes', async () => {
    const calls = running();
    const [refused, moved, less, more] = ['a', 'b', 'c', 'd'].map((group) => new SpecCall(admitted(), group));
    for (const call of [refused!, moved!, less!, more!]) calls.begin(call);
    refused!.now = () => Promise.reject(permissionDenied('no'));
    moved!.now = () => admitted();
    less!.now = () => ({ ...less!.admitted, scopes: ['location'] });
    more!.now = () => ({ ...more!.admitted, scopes: ['location', 'profile'] });
    await calls.check();
    expect([refused!, moved!, less!, more!].map(codeOf)).toEqual([
      [403, 'PERMISSION_DENIED'],
      [403, 'GATEWAY.NOT_SUBSCRIBED'],
      [403, 'GATEWAY.CONSENT_MISSING'],
      undefined,
    ]);
  });

  it('go on for ten seconds while nobody can tell whether they may, and end then', async () => {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const calls = running();
    const call = new SpecCall(admitted());
    calls.begin(call);
    call.now = () => Promise.reject(new Error('the database is away'));
    for (const at of [250, 10_000]) {
      now = at;
      await calls.check();
      expect(call.ended).toBe(undefined);
    }
    now = 10_001;
    await calls.check();
    expect(codeOf(call)).toEqual([503, 'UNAVAILABLE']);
  });
});
