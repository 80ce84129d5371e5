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

it('every read refuses what its query does not take, and every list a forged cursor', async () => {
  const queries = running.documented.faultyQueries();
  expect(queries.length).toBeGreaterThan(0);
  for (const { path, pointer } of queries) {
    const { status, body } = await running.get(running.operator, path);
    expect({ path, status, errors: body['errors'] }).toEqual({
      ...{ path, status: 400 },
      errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
    });
  }
});
