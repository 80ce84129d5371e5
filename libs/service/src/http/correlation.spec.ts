import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, told } from '../specimen/call.ts';
import { jarCatalogue } from '../specimen/jars.ts';
import { addKey, runJars } from '../specimen/run-jars.ts';
import type { Specimen } from '../specimen/run-jars.ts';

let jars: Specimen;
beforeAll(async () => {
  jars = await runJars();
});
afterAll(() => jars.close());

const whoami = (correlator: string) => call(`${jars.url}/v1/whoami`, 'GET', undefined, { 'x-correlator': correlator });

/** Headers of all events in the log. */
async function published(): Promise<Readonly<Record<string, string>>[]> {
  const options = { maxBytes: 10_000_000, maxWaitMs: 0 };
  const lanes = await Promise.all([0, 1].map((lane) => jars.world.kafka.read(jarCatalogue.topic, lane, 0, options)));
  return lanes.flat().map((record) => record.headers);
}

const fill = async (headers: Record<string, string>) => {
  const jar = randomUUID();
  await call(`${jars.url}/v1/jars/${jar}/fillings`, 'POST', { tokens: '1' }, headers);
  return (await published()).filter((event) => event['ce_subject'] === jar);
};

describe('x-correlator', () => {
  it.each(['a', 'order-4711', '{"a": 1} ~!', 'c'.repeat(256)])('%j is echoed', async (correlator) => {
    expect((await whoami(correlator)).headers.get('x-correlator')).toBe(correlator);
  });

  it.each(['c'.repeat(257), 'é', 'a\tb'])('%j is 400, with one that is made', async (correlator) => {
    const answered = await whoami(correlator);
    expect(told(answered)).toEqual({
      status: 400,
      code: 'INVALID_ARGUMENT',
      detail: 'the header x-correlator must have 1 to 256 printable ASCII characters',
    });
    expect(answered.headers.get('x-correlator')).toMatch(/^[\da-f-]{36}$/);
  });

  it('is made where it is absent or empty, another one each time', async () => {
    const made = [await whoami(''), await call(`${jars.url}/v1/whoami`), await call(`${jars.url}/nope`)];
    const correlators = made.map(({ headers }) => headers.get('x-correlator'));
    for (const correlator of correlators) expect(correlator).toMatch(/^[\da-f-]{36}$/);
    expect(new Set(correlators).size).toBe(3);
  });

  it('is the correlation id of the events that the request leads to', async () => {
    const events = await fill({ 'x-correlator': 'story-1' });
    expect(events.map((event) => event['ce_correlationid'])).toEqual(['story-1', 'story-1']);
  });
});

describe('the actor', () => {
  it('is the caller, in all events that the request leads to, whatever it says of itself', async () => {
    const events = await fill({ ce_actor: 'org_1', actor: 'org_1' });
    expect(events.map((event) => event['ce_actor'])).toEqual(['operator/bootstrap', 'operator/bootstrap']);
  });

  it('is the person of a key, and the key itself where that is another one', async () => {
    const lineage = { people: ['key_first', 'key_owner'], line: ['key_next', 'key_first', 'key_owner'] };
    addKey(jars, 'secret-of-next', {
      ...{ partyId: 'org_1', keyId: 'key_next', scopes: ['wallet:transfers:write'] },
      lineage: { ...lineage, limited: [], budgeted: [] },
    });
    const [event] = await fill({ authorization: 'Bearer secret-of-next' });
    expect(event).toMatchObject({ ce_actor: 'org_1/key_first/key_next' });
  });
});

describe('traceparent', () => {
  const good = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('goes with the events', async () => {
    expect((await fill({ traceparent: good }))[0]).toMatchObject({ traceparent: good });
  });

  it.each([
    ['is no trace context', 'x'],
    ['has a trace id of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['has a parent id of zeros', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['has the version that is none', good.replace('00-', 'ff-')],
  ])('is left out where it %s', async (_what, traceparent) => {
    const [event] = await fill({ traceparent });
    expect(event).not.toHaveProperty('traceparent');
  });
});
