import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@tokengrid/service/testing';
import { modelOfSpecs, type RunningPassing, runPassing } from '../../testing/run-passing.ts';

let running: RunningPassing;
beforeAll(async () => {
  running = await runPassing();
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => running.reset());

const messages = [{ role: 'user', content: 'one two three four' }];
type Limits = Parameters<RunningPassing['keyWith']>[0];

/** Requests by a new key with limits. */
function keyed(limits: Limits) {
  const authorization = `Bearer ${running.keyWith(limits)}`;
  return (path: string, more: object = {}, directions = 'units=5') =>
    running.post(
      path,
      { model: modelOfSpecs, messages, max_tokens: 50, ...more },
      { authorization, 'x-model-server': directions },
    );
}

describe('a key with a limit of requests', () => {
  it('is told how it stands, and refused with a time as OpenAI’s clients read it', async () => {
    const ask = keyed({ requestsPerMinute: 2 });
    const answers = [];
    for (let count = 0; count < 3; count++) answers.push(await ask('/v1/chat/completions'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining-requests'))).toEqual(['1', '0', '0']);
    const [, , refused] = answers;
    expect(refused!.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect(refused!.headers.get('x-ratelimit-reset-requests')).toMatch(/^(1m[01]s|\d\ds)$/);
    expect(Number(refused!.headers.get('retry-after'))).toBeGreaterThan(30);
    expect(refused!.headers.get('x-should-retry')).toBe('true');
    expect(await refused!.json()).toMatchObject({ error: { type: 'requests', code: 'rate_limit_exceeded' } });
    expect(running.server.calls).toHaveLength(2);
  });

  it('is told so as Anthropic’s clients read it', async () => {
    const ask = keyed({ requestsPerMinute: 1, unitsPerMinute: 10_000 });
    const [served, refused] = [await ask('/v1/messages'), await ask('/v1/messages')];
    expect([served.status, refused.status]).toEqual([200, 429]);
    expect(served.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0');
    expect(served.headers.get('anthropic-ratelimit-tokens-limit')).toBe('10000');
    expect(Date.parse(served.headers.get('anthropic-ratelimit-requests-reset')!)).toBeGreaterThan(Date.now());
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refused.json()).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
  });
});

it('a key with a limit of units is counted by what was used, once it is over', async () => {
  const ask = keyed({ unitsPerMinute: 200 });
  const first = await ask('/v1/chat/completions', { stream: true }, 'units=196');
  expect(first.status).toBe(200);
  await first.text();
  await until(async () => (await ask('/v1/chat/completions')).status === 429 || undefined);
});

it('a key with a limit of streams has no more of them at once, and others beside them', async () => {
  const ask = keyed({ streams: 1 });
  const stream = (directions?: string) => ask('/v1/chat/completions', { stream: true }, directions);
  const first = await stream('first-unit-ms=0, unit-ms=20, units=1000');
  expect(first.status).toBe(200);
  const refused = await stream();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect((await ask('/v1/chat/completions')).status).toBe(200);
  await first.body!.cancel();
  await until(async () => (await stream()).status === 200 || undefined);
});

it('a key without limits is told of none', async () => {
  const { headers } = await keyed({})('/v1/chat/completions');
  expect([...headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
});
