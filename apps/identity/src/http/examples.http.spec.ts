import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Call, operatorKey, type RunningIdentity, runIdentity } from '../testing/run-identity.ts';

let running: RunningIdentity;
beforeAll(async () => {
  running = await runIdentity();
}, 120_000);
afterAll(() => running.close(), 60_000);

it('the example of every request is one that the service understands', async () => {
  const requests = running.documented.exampleRequests();
  expect(requests.length).toBeGreaterThan(0);
  for (const { method, path, body } of requests) {
    const answered = await running.ask(path, {
      method: method as NonNullable<Call['method']>,
      key: operatorKey,
      body,
    });
    expect([method, path, answered.status, answered.body]).not.toEqual([method, path, 400, expect.anything()]);
  }
});
