import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../specimen/call.ts';
import { SealedJars } from '../specimen/jars.ts';
import type { Specimen } from '../specimen/run-jars.ts';
import { runJars } from '../specimen/run-jars.ts';

/**
 * Prefix that a proxy removes before it forwards a request; paths in answers have to include it.
 */
const basePath = '/jars-of/everybody';

let jars: Specimen;
beforeAll(async () => {
  jars = await runJars({ environment: { BASE_PATH: basePath, ANSWER_TIMEOUT_MS: '400' } });
});
afterEach(() => {
  jars.world.kafka.away = false;
});
afterAll(() => jars.close());

const behindProxy = (path: string): string => {
  expect(path.slice(0, basePath.length)).toBe(basePath);
  return `${jars.url}${path.slice(basePath.length)}`;
};

describe('a service behind a path', () => {
  it('says with it where the outcome of a command will be, alone and in a batch', async () => {
    jars.world.kafka.away = true;
    const pending = await call(`${jars.url}/v1/jars/a/fillings`, 'POST', { tokens: '1' });
    expect(pending.status).toBe(202);
    const commands = [{ idempotencyKey: 'one', jarId: 'a', body: { tokens: '1' } }];
    const { body } = await call(`${jars.url}/v1/fillings:batch`, 'POST', { commands });
    const [member] = body['outcomes'] as { location: string }[];
    jars.world.kafka.away = false;
    for (const location of [pending.headers.get('location')!, member!.location]) {
      const url = behindProxy(location);
      let outcome = await call(url);
      while (outcome.status === 202) outcome = await call(url);
      expect(outcome).toMatchObject({ status: 201, body: { jarId: 'a' } });
    }
  });

  it('says with it what went wrong: a path, a command, a command of a batch', async () => {
    const unknown = await call(`${jars.url}/v1/nothing?at=all`);
    expect(unknown.body['instance']).toBe(`${basePath}/v1/nothing`);
    const refused = await call(`${jars.url}/v1/jars/empty/emptyings`, 'POST', { tokens: '5' });
    expect(refused.status).toBe(409);
    expect((await call(behindProxy(refused.body['instance'] as string))).body).toEqual(refused.body);
    jars.app.get(SealedJars).ids.add('b');
    const commands = [{ idempotencyKey: 'x', jarId: 'b', body: { tokens: '1' } }];
    const { body } = await call(`${jars.url}/v1/fillings:batch`, 'POST', { commands });
    const [member] = body['outcomes'] as { body: { instance: string } }[];
    expect(member!.body.instance).toBe(`${basePath}/v1/jars/b/fillings`);
  });

  it('refers to its documentation by relative paths', async () => {
    const page = await (await fetch(`${jars.url}/docs`)).text();
    const references = [...page.matchAll(/(?:src|href)="([^"#]*)"/g)].map(([, reference]) => reference!);
    expect(references.length).toBeGreaterThan(3);
    for (const reference of references) expect(reference).toMatch(/^\.\/docs\//);
  });
});
