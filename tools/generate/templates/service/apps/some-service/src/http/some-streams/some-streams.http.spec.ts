import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runSomeService, type RunningSomeService } from '../../testing/run-some-service.ts';

let running: RunningSomeService;
beforeAll(async () => {
  running = await runSomeService();
}, 120_000);
afterAll(() => running.close(), 60_000);

it('the service is ready', async () =>
  expect(await running.get(undefined, '/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } }));

describe('creating a some stream', () => {
  it('answers with its id, and a repeat with the same', async () => {
    const create = () => running.post(running.operator, '/v1/some-streams', {}, 'a-key');
    const created = await create();
    expect(created).toMatchObject({ status: 201, body: { someStreamId: expect.stringMatching(/^some-prefix_/) } });
    expect(await create()).toEqual(created);
  });

  it('is for the operator alone', async () =>
    expect(await running.post(running.party('developer'), '/v1/some-streams', {})).toMatchObject({ status: 403 }));
});
