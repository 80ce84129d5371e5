import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '@tokengrid/service/testing';
import { modelOfSpecs, type RunningPassing, runPassing } from '../../testing/run-passing.ts';

let running: RunningPassing;
afterEach(() => running.close(), 60_000);

const messages = [{ role: 'user', content: 'one two' }];

/** Answers that take longer than a process that stops waits for them. */
describe('a process that stops', () => {
  it('tells the caller of a stream that it ends, which pays what was produced', async () => {
    running = await runPassing({ DRAIN_MS: '10', SHUTDOWN_TIMEOUT_MS: '200' });
    const directions = { 'x-model-server': 'units=50, stalls-after=5' };
    const response = await running.post(
      '/v1/chat/completions',
      { model: modelOfSpecs, messages, stream: true },
      directions,
    );
    const said = response.text();
    await running.stop();
    const last = (await said).trim().split('\n\n').at(-1)!;
    expect(JSON.parse(last.slice('data: '.length))).toMatchObject({
      error: { message: expect.stringContaining('stops') },
    });
    expect(await running.settled()).toMatchObject({ ended: 'finished', use: { delivery: { end: 'cut-off' } } });
  }, 60_000);

  it('answers 503 where nothing has come yet, which costs nothing', async () => {
    running = await runPassing({ DRAIN_MS: '10', SHUTDOWN_TIMEOUT_MS: '200' });
    const directions = { 'x-model-server': 'units=50, first-unit-ms=60000' };
    const asked = running.post('/v1/chat/completions', { model: modelOfSpecs, messages }, directions);
    await until(() => Promise.resolve(running.purse.opened.length > 0));
    const stopped = running.stop();
    expect((await asked).status).toBe(503);
    await stopped;
    expect(await running.settled()).toMatchObject({ ended: 'dropped' });
  }, 60_000);
});
