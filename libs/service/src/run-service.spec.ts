import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Specimen } from './specimen/run-jars.ts';
import { operatorApiKey, runJars } from './specimen/run-jars.ts';

describe('a service', () => {
  let jars: Specimen;
  beforeAll(async () => {
    jars = await runJars();
  });
  afterAll(() => jars.close());

  it('takes a command over HTTP and answers by its event', async () => {
    const response = await fetch(`${jars.url}/v1/jars/a/fillings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorApiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tokens: '250' }),
    });
    expect([response.status, await response.json()]).toEqual([
      201,
      { jarId: 'a', tokens: '250', eventId: expect.stringMatching(/^jars\/\d\/2$/) },
    ]);
  });
});
