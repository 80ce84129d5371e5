import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Caller, until } from '@tokengrid/service/testing';
import OpenAI from 'openai';
import { paidModel, type RunningPaid, runPaid } from '../../testing/run-paid.ts';

// Waits have their own time limits; a busy machine is no failure.
jest.setTimeout(60_000);

let running: RunningPaid;
let caller: Caller;
beforeAll(async () => {
  running = await runPaid(2);
  running.grantAll();
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => {
  caller = running.payer();
  running.server.calls.length = 0;
});

const body = { model: paidModel, messages: [{ role: 'user' as const, content: 'one two three four' }] };
/** An attempt as an SDK sends it, without a key. */
const attempt = (
  retry: number,
  { at = 0, who = caller, ...sent }: { at?: number; who?: Caller; signal?: AbortSignal; body?: object } = {},
) =>
  running.post(
    at,
    {
      ...{ secret: who.secret, directions: 'units=5', ...(sent.signal && { signal: sent.signal }) },
      headers: { 'x-stainless-retry-count': String(retry) },
    },
    sent.body ?? body,
  );
const uses = (count: number) => running.usesOnce(caller, count);

/** Lost answers that are kept. */
const lost = async () =>
  (await running.sql.query<{ request_id: string }>('select request_id from kept_answers where sealed is not null'))
    .rows;

/** Lets no use be stored until what is done in between is done. */
async function whileNothingIsStored(doing: () => Promise<void>): Promise<void> {
  const client = await running.sql.connect();
  try {
    await client.query('begin');
    await client.query('lock table requests, checkpoints in exclusive mode');
    await doing();
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** An attempt whose caller leaves as its use is being stored. @returns its text, that nobody got */
async function losesItsAnswer(): Promise<void> {
  // Its slice, so that only the use is left to store.
  await (await attempt(0, { body: { ...body, seed: 1 } })).text();
  const before = (await lost()).length;
  const leaving = new AbortController();
  await whileNothingIsStored(async () => {
    const left = attempt(0, { signal: leaving.signal });
    left.catch(() => undefined);
    await until(async () => {
      const { rows } = await running.sql.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and state = 'active' and datname = current_database()`,
      );
      return rows.length > 0;
    });
    leaving.abort();
    await until(async () => (await lost()).length > before);
  });
}

describe("an SDK's retry without a key", () => {
  it('gets the answer that its earlier attempt lost, at any process, and is not charged', async () => {
    await losesItsAnswer();
    const [first, again] = [await attempt(1, { at: 1 }), await attempt(2)];
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(await again.text()).toBe(await first.text());
    expect(await uses(2)).toMatchObject([
      { units: { input_tokens: '4', output_tokens: '5' } },
      { eventId: first.headers.get('x-request-id'), units: { input_tokens: '4', output_tokens: '5' } },
    ]);
    expect(running.server.calls).toHaveLength(2);
  });

  it.each<[string, () => Promise<Response>]>([
    ['a first attempt', () => attempt(0)],
    ['the retry of another body', () => attempt(1, { body: { ...body, seed: 2 } })],
    ["another caller's retry", () => attempt(1, { who: running.payer() })],
  ])('and %s does not', async (_, send) => {
    await losesItsAnswer();
    const response = await send();
    expect([response.status, response.headers.get('idempotent-replayed')]).toEqual([200, null]);
    expect(running.server.calls).toHaveLength(3);
  });

  it('is served where its earlier attempt was not charged', async () => {
    const leaving = new AbortController();
    running.server.answerBy(() => undefined);
    const left = attempt(0, { signal: leaving.signal });
    await until(() => Promise.resolve(running.server.calls.length === 1));
    leaving.abort();
    await expect(left).rejects.toThrow();
    const response = await attempt(1, { at: 1 });
    expect([response.status, response.headers.get('idempotent-replayed')]).toEqual([200, null]);
    expect(await uses(1)).toHaveLength(1);
  });

  it('is served where its earlier attempt was answered', async () => {
    await (await attempt(0)).text();
    expect((await attempt(1)).headers.get('idempotent-replayed')).toBeNull();
    expect(await uses(2)).toHaveLength(2);
  });
});

describe('the SDK of OpenAI with its own retries', () => {
  const openai = () =>
    new OpenAI({ baseURL: `${running.processes[0]!.url}/v1`, apiKey: caller.secret, timeout: 1000, maxRetries: 2 });

  it('is charged once where its first attempts ran out of time', async () => {
    running.server.answerBy(
      () => undefined,
      () => undefined,
    );
    const { choices } = await openai().chat.completions.create(body);
    expect(choices[0]!.message.content).not.toBe('');
    expect(await uses(1)).toHaveLength(1);
    expect(running.server.calls).toHaveLength(3);
  });

  it('is charged once where its time ran out as its use was being stored', async () => {
    await (await attempt(0, { body: { ...body, seed: 1 } })).text();
    const before = (await lost()).length;
    let answering: Promise<OpenAI.ChatCompletion> | undefined;
    await whileNothingIsStored(async () => {
      answering = openai().chat.completions.create(body);
      answering.catch(() => undefined);
      await until(async () => (await lost()).length > before);
    });
    const { _request_id: requestId } = (await answering!) as OpenAI.ChatCompletion & { _request_id?: string };
    expect(await uses(2)).toMatchObject([{}, { eventId: requestId }]);
    expect(running.usesOf(caller)).toHaveLength(2);
  });

  it('is charged once where a provider fails at first', async () => {
    running.server.answerBy((response) => void response.writeHead(500).end('no'));
    await openai().chat.completions.create(body);
    expect(await uses(1)).toHaveLength(1);
  });
});
