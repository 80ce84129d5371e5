import { describe, expect, it } from '@jest/globals';
import type { Request } from '../trace/api-client.ts';
import { type Identity, importSubscribers, type LineOutcome } from './import-subscribers.ts';
import type { BadLine, FileSubscriber } from './subscribers-file.ts';

interface Asked {
  readonly idempotencyKey: string;
  readonly msisdns: readonly string[];
}

/** An identity that answers each number, by what its name asks for. */
function identity(answers: Readonly<Record<string, object>> = {}) {
  const asked: Asked[] = [];
  const call = <Body>({ body, idempotencyKey }: Request): Promise<Body> => {
    const { subscribers } = body as { readonly subscribers: readonly { msisdn: string; name: string }[] };
    asked.push({ idempotencyKey: idempotencyKey!, msisdns: subscribers.map(({ msisdn }) => msisdn) });
    const outcomes = subscribers.map(
      ({ msisdn, name }) =>
        answers[`${name} ${asked.length}`] ?? answers[name] ?? { status: 201, body: { subscriberId: `sub_${msisdn}` } },
    );
    return Promise.resolve({ outcomes } as Body);
  };
  return { asked, identity: { client: { call }, key: 'secret' } satisfies Identity };
}

async function* lines(count: number, said: Readonly<Record<number, BadLine | string>> = {}) {
  for (let line = 2; line < count + 2; line++) {
    const other = said[line];
    const bad: FileSubscriber | BadLine =
      typeof other === 'object' ? other : { line, msisdn: `+86${line}`, name: other ?? 'Li' };
    yield await Promise.resolve(bad);
  }
}

async function all(outcomes: AsyncIterable<LineOutcome>): Promise<readonly LineOutcome[]> {
  const told: LineOutcome[] = [];
  for await (const outcome of outcomes) told.push(outcome);
  return told;
}

describe('importing subscribers', () => {
  it('sends a thousand at a time, and tells the outcome of each line in order', async () => {
    const { asked, identity: one } = identity();
    const outcomes = await all(importSubscribers(one, lines(2500)));
    expect(asked.map(({ msisdns }) => msisdns.length)).toEqual([1000, 1000, 500]);
    expect(outcomes).toEqual(
      Array.from({ length: 2500 }, (_, at) => ({ line: at + 2, subscriberId: `sub_+86${at + 2}` })),
    );
  });

  it('sends the same batches with the same keys again, each with its own', async () => {
    const [first, second] = [identity(), identity()];
    await all(importSubscribers(first.identity, lines(2500)));
    await all(importSubscribers(second.identity, lines(2500)));
    expect(second.asked).toEqual(first.asked);
    const keys = first.asked.map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(key).toMatch(/^import-[0-9a-f]{64}$/);
  });

  it('sends a changed batch with another key', async () => {
    const [first, second] = [identity(), identity()];
    await all(importSubscribers(first.identity, lines(1500)));
    await all(importSubscribers(second.identity, lines(1500, { 1200: 'Wang' })));
    expect(second.asked[0]).toEqual(first.asked[0]);
    expect(second.asked[1]!.idempotencyKey).not.toBe(first.asked[1]!.idempotencyKey);
  });

  it('tells why lines are refused, without the place in the request', async () => {
    const errors = [{ pointer: '/subscribers/1/msisdn', detail: 'must be a phone number' }];
    const { asked, identity: one } = identity({
      Wang: { status: 400, body: { code: 'INVALID_ARGUMENT', detail: 'no', errors } },
      Zhao: { status: 409, body: { code: 'IDENTITY.MSISDN_TAKEN', detail: 'is taken' } },
    });
    const said = { 3: 'Wang', 4: { line: 4, reason: 'has 1 fields instead of 2' }, 5: 'Zhao' };
    expect(await all(importSubscribers(one, lines(5, said)))).toEqual([
      { line: 2, subscriberId: 'sub_+862' },
      { line: 3, code: 'INVALID_ARGUMENT', reason: 'msisdn must be a phone number' },
      { line: 4, code: 'INVALID_LINE', reason: 'has 1 fields instead of 2' },
      { line: 5, code: 'IDENTITY.MSISDN_TAKEN', reason: 'is taken' },
      { line: 6, subscriberId: 'sub_+866' },
    ]);
    expect(asked[0]!.msisdns).toEqual(['+862', '+863', '+865', '+866']);
  });

  it('sends a batch again, with its key, until each line has its outcome', async () => {
    const { asked, identity: one } = identity({
      'Li 1': { status: 202, body: {} },
      'Li 2': { status: 503, body: { code: 'UNAVAILABLE' } },
    });
    expect(await all(importSubscribers(one, lines(1)))).toEqual([{ line: 2, subscriberId: 'sub_+862' }]);
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('sends nothing more after a stop, and tells what was sent', async () => {
    const { asked, identity: one } = identity();
    const stop = new AbortController();
    const seen: LineOutcome[] = [];
    const stopped = async () => {
      for await (const outcome of importSubscribers(one, lines(10_000), stop.signal)) {
        seen.push(outcome);
        stop.abort(new Error('stopped'));
      }
    };
    await expect(stopped()).rejects.toThrow('stopped');
    expect(seen).toHaveLength(asked.length * 1000);
    expect(asked.length).toBeLessThan(4);
  });
});
