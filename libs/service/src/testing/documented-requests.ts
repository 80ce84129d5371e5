import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestedService } from './tested-service.ts';

type Fields = Readonly<Record<string, string>>;

const isForm = (contentType: string): boolean => contentType === 'application/x-www-form-urlencoded';

/**
 * Sentences about the requests that a service documents, for the operator with every scope.
 * @param run starts the service
 */
export function documentedRequests(run: () => Promise<TestedService>): void {
  let running: TestedService;
  beforeAll(async () => {
    running = await run();
  }, 120_000);
  afterAll(() => running.close(), 60_000);

  it('the example of every request is one that the service understands', async () => {
    const requests = running.documented.exampleRequests();
    expect(requests.length).toBeGreaterThan(0);
    const authorization = `Bearer ${running.operator.secret}`;
    for (const { method, path, contentType, body, isPublic } of requests) {
      const headers = { ...(!isPublic && { authorization }), 'content-type': contentType };
      const text = isForm(contentType) ? new URLSearchParams(body as Fields).toString() : JSON.stringify(body);
      const answered = await running.send({ method, path, headers, body: text });
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
}
