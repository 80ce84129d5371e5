import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@tokengrid/service';
import fc from 'fast-check';
import { type Caller, until } from '@tokengrid/service/testing';
import { wantSlice } from '../../decisions/slices/want-slice.ts';
import { edgeStreamOf } from '../../decisions/state/edge.ts';
import { Edges } from '../../streams/edges.ts';
import { paidModel, type RunningPaid, runPaid } from '../../testing/run-paid.ts';

// Waits have their own time limits; a busy machine is no failure.
jest.setTimeout(60_000);

let running: RunningPaid;
let caller: Caller;
beforeAll(async () => {
  running = await runPaid(2, { ANSWER_TIMEOUT_MS: '1500' });
  running.grantAll();
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => {
  caller = running.payer();
  running.server.calls.length = 0;
});

const messages = [{ role: 'user', content: 'one two three four' }];
/** Options of a chat, and the process that gets it. */
interface Chat {
  readonly at?: number;
  readonly directions?: string;
  readonly body?: object;
  readonly signal?: AbortSignal;
  readonly path?: string;
  readonly who?: Caller;
  readonly count?: number;
}
const chat = (key: string | undefined, { at = 0, body = {}, who = caller, count, ...sent }: Chat = {}) =>
  running.post(
    at,
    {
      ...{ directions: 'units=5', secret: who.secret, ...sent },
      headers: {
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(count !== undefined && { 'x-stainless-retry-count': String(count) }),
      },
    },
    { model: paidModel, messages, ...body },
  );

/** Status, bytes and some headers of an answer. */
async function read(response: Response) {
  return {
    status: response.status,
    text: await response.text(),
    requestId: response.headers.get('x-request-id'),
    isReplayed: response.headers.get('idempotent-replayed') === 'true',
    charge: response.headers.get('x-tokengrid-charge'),
  };
}
/** Uses of the caller, once there are so many. */
const uses = (count: number) => running.usesOnce(caller, count);
const codeIn = (text: string) => (JSON.parse(text) as { error: { code: string; message: string } }).error;

describe('a request with an Idempotency-Key', () => {
  it.each([
    ['whole', false],
    ['streamed', true],
  ])('that is repeated gets the same status and bytes at any process, %s, and is charged once', async (_, stream) => {
    const first = await read(await chat('k', { body: { stream } }));
    expect(first).toMatchObject({ status: 200, isReplayed: false });
    for (const at of [0, 1, 1]) {
      const again = await read(await chat('k', { at, body: { stream } }));
      expect(again).toEqual({ ...first, isReplayed: true, charge: '0' });
    }
    expect(await uses(1)).toMatchObject([
      { eventId: first.requestId, units: { input_tokens: '4', output_tokens: '5' } },
    ]);
    expect(running.server.calls).toHaveLength(1);
  });

  it('that is sent many times at once over two processes is served once', async () => {
    const sent = Array.from({ length: 12 }, (_, place) =>
      chat('k', { at: place % 2, directions: 'units=9, first-unit-ms=200' }),
    );
    const answers = await Promise.all((await Promise.all(sent)).map(read));
    const [{ text, requestId }] = answers as [(typeof answers)[number]];
    expect(answers.map((answer) => [answer.status, answer.text, answer.requestId])).toEqual(
      answers.map(() => [200, text, requestId]),
    );
    expect(answers.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1);
    expect(await uses(1)).toHaveLength(1);
    expect(running.server.calls).toHaveLength(1);
  });

  it('is charged once, whatever is repeated where, whoever hangs up, and however it is answered', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.constantFrom(0, 1), leaves: fc.boolean() }), { minLength: 2, maxLength: 8 }),
        fc.record({ stream: fc.boolean(), units: fc.integer({ min: 1, max: 30 }), dies: fc.boolean() }),
        async (repeats, { stream, units, dies }) => {
          const who = running.payer();
          const directions = `units=${units}, first-unit-ms=20, unit-ms=2${dies && stream ? ', dies-after=3' : ''}`;
          const answers = await Promise.all(
            repeats.map(async ({ at, leaves }) => {
              const leaving = new AbortController();
              const response = await chat('k', { at, who, directions, body: { stream }, signal: leaving.signal });
              if (!leaves) return read(response);
              leaving.abort();
              return undefined;
            }),
          );
          const last = await read(await chat('k', { who, directions, body: { stream } }));
          const whole = [...answers.filter((answer) => answer !== undefined), last];
          expect(whole.map(({ status, text }) => [status, text])).toEqual(whole.map(() => [200, last.text]));
          const charged = await until(() => Promise.resolve(running.usesOf(who).length > 0 && running.usesOf(who)));
          expect(charged).toMatchObject([{ eventId: last.requestId }]);
        },
      ),
      { numRuns: 25 },
    ));

  it('in flight for longer than a repeat waits: 409, and its answer later', async () => {
    const first = chat('k', { directions: 'units=5, first-unit-ms=2500' });
    await until(() => Promise.resolve(running.server.calls.length === 1));
    const waiting = await chat('k', { at: 1 });
    expect([waiting.status, waiting.headers.get('retry-after'), waiting.headers.get('x-should-retry')]).toEqual([
      ...[409, '1', 'true'],
    ]);
    expect(codeIn(await waiting.text()).code).toBe('idempotency_key_in_flight');
    const { text } = await read(await first);
    expect((await read(await chat('k', { at: 1 }))).text).toBe(text);
  });

  it('is repeated by the same JSON, however it is written', async () => {
    const { text } = await read(await chat('k'));
    const [{ role, content }] = messages as [(typeof messages)[number]];
    const written = JSON.stringify({ messages: [{ content, role }], model: paidModel }, undefined, 2);
    const sent = { secret: caller.secret, headers: { 'idempotency-key': 'k' } };
    expect(await read(await running.post(1, sent, written))).toMatchObject({ status: 200, text, isReplayed: true });
    expect(running.server.calls).toHaveLength(1);
  });

  it('with another body is 422, and nothing is served', async () => {
    await chat('k');
    const reused = await chat('k', { body: { seed: 1 } });
    expect([reused.status, codeIn(await reused.text()).code]).toEqual([422, 'idempotency_key_reused']);
    expect(running.server.calls).toHaveLength(1);
  });

  it('of another caller, or on another route, is another request', async () => {
    await chat('k');
    const other = await read(await chat('k', { who: running.payer() }));
    const elsewhere = await running.post(
      0,
      { secret: caller.secret, path: '/v1/responses', headers: { 'idempotency-key': 'k' } },
      { model: paidModel, input: 'hello' },
    );
    expect([other.isReplayed, elsewhere.status, elsewhere.headers.get('idempotent-replayed')]).toEqual([
      ...[false, 200, null],
    ]);
  });

  it.each([
    ['empty', ''],
    ['of 256 characters', 'k'.repeat(256)],
  ])('that is %s is 400', async (_, key) => expect((await chat(key)).status).toBe(400));

  it('is kept before any of it is charged, though its slice is called back meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    running.server.answerBy(async (response) => {
      await promise;
      const choices = [{ message: { content: 'one two' } }];
      const usage = { prompt_tokens: 4, completion_tokens: 2 };
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ choices, usage }));
    });
    const answer = chat('k');
    await until(() => Promise.resolve(running.server.calls.length === 1));
    const client = await running.sql.connect();
    try {
      await client.query('begin; lock table kept_answers in exclusive mode');
      resolve();
      await until(async () => {
        const { rows } = await running.sql.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%with own as%'
           and datname = current_database()`,
        );
        return rows.length > 0;
      });
      running.world.freeze(caller);
      await until(() => Promise.resolve(running.world.open(caller.partyId).length === 0));
    } finally {
      await client.query('rollback');
      client.release();
    }
    expect([(await answer).status, running.usesOf(caller)]).toEqual([402, []]);
  });

  it('that was not charged is served anew', async () => {
    const failed = await chat('k', { directions: 'status=500' });
    expect(failed.status).toBe(503);
    const served = await read(await chat('k', { at: 1 }));
    expect([served.status, served.isReplayed]).toEqual([200, false]);
    expect(await uses(1)).toHaveLength(1);
  });

  it('whose caller hangs up before its answer is served anew', async () => {
    const leaving = new AbortController();
    running.server.answerBy(() => undefined);
    const left = chat('k', { signal: leaving.signal });
    await until(() => Promise.resolve(running.server.calls.length === 1));
    leaving.abort();
    await expect(left).rejects.toThrow();
    const served = await read(await chat('k', { at: 1 }));
    expect([served.status, served.isReplayed]).toEqual([200, false]);
    expect(await uses(1)).toHaveLength(1);
  });

  it('whose caller hangs up in its stream gets again what it was charged, and the reason of its end', async () => {
    const leaving = new AbortController();
    const response = await chat('k', {
      directions: 'units=1000, unit-ms=5',
      ...{ body: { stream: true }, signal: leaving.signal },
    });
    const reader = response.body!.getReader();
    const seen = Buffer.from((await reader.read()).value!).toString();
    leaving.abort();
    await uses(1);
    const again = await read(await chat('k', { at: 1, body: { stream: true } }));
    expect([again.isReplayed, again.text.startsWith(seen)]).toEqual([true, true]);
    expect(again.text).toContain('the caller left before the end of the answer');
    expect(await uses(1)).toHaveLength(1);
  });

  it('whose provider breaks off gets the broken answer again', async () => {
    const sent = { directions: 'units=50, dies-after=5', body: { stream: true } };
    const first = await read(await chat('k', sent));
    expect(first.text).toContain('"error"');
    expect(await read(await chat('k', { ...sent, at: 1 }))).toMatchObject({ text: first.text, isReplayed: true });
    expect(await uses(1)).toHaveLength(1);
  });

  it('whose answer costs nothing gets it again', async () => {
    const sent = { directions: 'units=0', body: { stream: true } };
    const first = await read(await chat('k', sent));
    expect(await read(await chat('k', { ...sent, at: 1 }))).toMatchObject({ text: first.text, isReplayed: true });
    expect(running.usesOf(caller)).toEqual([]);
  });

  it('whose answer is larger than 1 MiB is told its charge', async () => {
    const sent = { directions: 'units=300000' };
    const first = await read(await chat('k', sent));
    expect(first.text.length).toBeGreaterThan(2 ** 20);
    const again = await chat('k', { ...sent, at: 1 });
    expect([again.status, again.headers.get('x-should-retry')]).toEqual([409, 'false']);
    expect(codeIn(await again.text())).toMatchObject({
      code: 'answer_not_kept',
      message: expect.stringContaining(first.requestId!),
    });
    expect(await uses(1)).toHaveLength(1);
  });

  it("in Anthropic's form is repeated in the same way", async () => {
    const send = (at: number) =>
      running.post(
        at,
        { secret: caller.secret, path: '/v1/messages', directions: 'units=3', headers: { 'idempotency-key': 'k' } },
        { model: paidModel, max_tokens: 9, messages, stream: true },
      );
    const first = await read(await send(0));
    expect(await read(await send(1))).toMatchObject({ text: first.text, isReplayed: true });
  });
});

describe('a request whose process died', () => {
  /** Gives the request under the caller's key to a dead process, as it was in its middle. */
  const orphan = async (requestId: string, gatewayId = 'gwy_dead') => {
    const { rowCount } = await running.sql.query(
      'update kept_answers set gateway_id = $2, sealed = null, ended_at = null where request_id = $1',
      [requestId, gatewayId],
    );
    expect(rowCount).toBe(1);
  };
  /** A request that never gets an answer, and whose process is another one's by Postgres. */
  async function orphaned(directions?: string, gatewayId?: string) {
    if (directions === undefined) running.server.answerBy(() => undefined);
    const leaving = new AbortController();
    const response = chat('k', { signal: leaving.signal, ...(directions !== undefined && { directions }) });
    response.catch(() => undefined);
    await until(() => Promise.resolve(running.server.calls.length === 1));
    const { rows } = await running.sql.query<{ request_id: string }>(
      'select request_id from kept_answers where ended_at is null order by expires_at desc limit 1',
    );
    await orphan(rows[0]!.request_id, gatewayId);
    return { response, leaving };
  }

  it('after its use was stored is answered as it was', async () => {
    const first = await read(await chat('k'));
    await running.sql.query(`update kept_answers set gateway_id = 'gwy_dead' where request_id = $1`, [first.requestId]);
    expect(await read(await chat('k', { at: 1 }))).toMatchObject({ text: first.text, isReplayed: true });
  });

  it('before it was charged is served anew, once', async () => {
    const { leaving } = await orphaned();
    const answers = await Promise.all([0, 1, 0, 1].map(async (at) => read(await chat('k', { at }))));
    const [{ text }] = answers as [(typeof answers)[number]];
    expect(answers.map((answer) => [answer.status, answer.text])).toEqual(answers.map(() => [200, text]));
    expect(running.server.calls).toHaveLength(2);
    leaving.abort();
  });

  it('in its stream is told the charge of what was stored', async () => {
    const first = await read(await chat('k', { body: { stream: true } }));
    await orphan(first.requestId!);
    const again = await chat('k', { at: 1, body: { stream: true } });
    expect([again.status, codeIn(await again.text())]).toMatchObject([409, { code: 'answer_not_kept' }]);
    expect(running.server.calls).toHaveLength(1);
  });

  it('is not served anew before its slices are given back', async () => {
    const [gatewayId, sliceId, { partyId }] = [newId('gwy'), newId('slc'), running.payer()];
    const { leaving } = await orphaned(undefined, gatewayId);
    const slice = { sliceId, partyId, gatewayId, epoch: 1 };
    const wanted = { number: 1, scope: [{ model: paidModel }], tokens: 1n, atLeast: 1n, spare: 0n };
    const command = { id: randomUUID(), streamId: edgeStreamOf(partyId), correlationId: 'spec', actor: 'spec' };
    await running.instance(0, Edges).handle(wantSlice, { ...command, data: { ...slice, ...wanted } });
    const isReturned = () => running.world.of(sliceId).some(({ type }) => type === 'SliceReturned');
    running.server.answerBy((response) => {
      // Uses of the slice could still be stored until then.
      expect(isReturned()).toBe(true);
      response.setHeader('content-type', 'application/json').end('{"choices":[]}');
    });
    const answer = await until(async () => {
      const repeat = await chat('k', { at: 1 });
      return repeat.status !== 409 && repeat;
    });
    expect([answer.status, running.server.calls.length]).toEqual([200, 2]);
    leaving.abort();
  });

  it('and is only late finds its place taken, and is not charged', async () => {
    const { response: late } = await orphaned('units=5, first-unit-ms=500');
    const second = await read(await chat('k', { at: 1 }));
    expect([second.status, (await late).status]).toEqual([200, 409]);
    expect(await uses(1)).toMatchObject([{ eventId: second.requestId }]);
  });
});

describe('a kept answer', () => {
  it('is sealed: neither prompt nor answer nor key is in the table', async () => {
    const first = await read(await chat('a-secret-key'));
    const { rows } = await running.sql.query('select kept_answers::text as row, sealed from kept_answers');
    const all = rows
      .map((row: { row: string; sealed: Buffer | null }) => `${row.row} ${row.sealed?.toString('latin1')}`)
      .join();
    const { content } = (JSON.parse(first.text) as { choices: [{ message: { content: string } }] }).choices[0].message;
    for (const text of [content, 'one two three four', 'a-secret-key']) expect(all.includes(text)).toBe(false);
  });

  it.each([
    ['changed', 'set_byte(sealed, length(sealed) / 2, get_byte(sealed, length(sealed) / 2) # 1)'],
    ['cut short', 'substring(sealed for 5)'],
    [
      "another request's",
      `(select sealed from kept_answers other where other.request_id <> kept_answers.request_id
      and other.sealed is not null limit 1)`,
    ],
  ])('that is %s does not open: its charge is told, and it is not charged again', async (_, sealed) => {
    const first = await read(await chat('k'));
    await running.sql.query(`update kept_answers set sealed = ${sealed} where request_id = $1`, [first.requestId]);
    const again = await chat('k', { at: 1 });
    expect([again.status, codeIn(await again.text())]).toMatchObject([409, { code: 'answer_not_kept' }]);
    expect(running.server.calls).toHaveLength(1);
  });

  it('is swept after its time, in batches, and its bytes are free again', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, place) => chat(`k${place}`)));
    const bytes = async () =>
      (
        await running.sql.query<{ own: number; kept: number; all: number }>(
          `select coalesce((select sum(bytes) from kept_bytes where holder not like 'all/%'), 0)::int as own,
             coalesce((select sum(bytes) from kept_bytes where holder like 'all/%'), 0)::int as all,
             coalesce((select sum(bytes) from kept_answers), 0)::int as kept`,
        )
      ).rows[0]!;
    const before = await bytes();
    expect([before.own, before.all]).toEqual([before.kept, before.kept]);
    await running.sql.query(`update kept_answers set expires_at = now() - interval '1 second'`);
    await until(async () => (await running.sql.query('select from kept_answers')).rowCount === 0);
    expect(await bytes()).toEqual({ own: 0, all: 0, kept: 0 });
    expect((await read(await chat('k0'))).isReplayed).toBe(false);
  });
});
