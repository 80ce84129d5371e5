import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runWallet, type RunningWallet } from '../testing/run-wallet.ts';

let running: RunningWallet;
beforeAll(async () => {
  running = await runWallet();
}, 120_000);
afterAll(() => running.close(), 60_000);

it('the example of every request is one that the service understands', async () => {
  const requests = running.documented.exampleRequests();
  expect(requests.length).toBeGreaterThan(0);
  for (const { method, path, body } of requests) {
    const answered = await running.call(running.operator, method, path, body);
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
