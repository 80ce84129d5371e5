import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@tokengrid/service';
import { type Caller, until } from '@tokengrid/service/testing';
import fc from 'fast-check';
import { madeAt, taskIdOf } from '../../tasks/task-ids.ts';
import { drawing, imagesPath, never, prompt, taskOf } from '../../testing/drawing.ts';
import { paidModel, type RunningPaid, runPaid } from '../../testing/run-paid.ts';

// Waits have their own time limits; a busy machine is no failure.
jest.setTimeout(60_000);

let running: RunningPaid;
let caller: Caller;
beforeAll(async () => {
  running = await runPaid(2, { IMAGE_ANSWER_MS: '1500', IMAGE_TASK_BYTES: '200000', MAX_ANSWER_BYTES: '65536' });
  running.grantAll();
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => {
  caller = running.payer();
  running.server.calls.length = 0;
});

const { draw, about, accepted, ended, answersLater, usesInTheEnd, calls, broken } = drawing(
  () => running,
  () => caller,
);

describe('a request for images', () => {
  it('that are there in time is answered 200, as it always was', async () => {
    const response = await draw({ n: 2 });
    expect([response.status, response.headers.get('x-tokengrid-charge')]).toEqual([200, '1000']);
    expect(await response.json()).toMatchObject({ data: [{}, {}] });
    expect(await running.usesOnce(caller, 1)).toMatchObject([{ units: { images: '2' } }]);
    const { rows } = await running.sql.query(`select from kept_answers where holder = $1`, [caller.partyId]);
    expect(rows).toEqual([]);
  });

  it('that take long is answered 202 with a task, whose images any process has in the end, charged once', async () => {
    const answer = answersLater();
    const response = await draw();
    const { headers } = response;
    const task = await taskOf(response);
    const createdAt = Math.floor(madeAt(task.id) / 1000);
    expect([response.status, headers.get('location'), headers.get('retry-after')]).toEqual([
      202,
      `${imagesPath}/${task.id}`,
      '2',
    ]);
    expect(task).toEqual({
      ...{ id: taskIdOf(headers.get('x-request-id')!), object: 'image.generation', status: 'in_progress' },
      ...{ created_at: createdAt, completed_at: null, expires_at: createdAt + 86_400 },
      ...{ request_id: headers.get('x-request-id'), error: null },
    });
    const meanwhile = await about(task.id);
    expect([meanwhile.status, meanwhile.headers.get('retry-after')]).toEqual([200, '2']);
    expect(await taskOf(meanwhile)).toEqual(task);
    expect(running.usesOf(caller)).toEqual([]);
    answer();
    const completed = await ended(task);
    expect(completed).toMatchObject({
      ...{ id: task.id, status: 'completed', created: 7, data: [{ b64_json: 'aGk=' }], error: null },
      completed_at: expect.any(Number),
    });
    expect(await ended(task, 0)).toEqual(completed);
    expect((await about(task.id)).headers.get('retry-after')).toBeNull();
    expect(await usesInTheEnd()).toMatchObject([{ eventId: task.request_id, units: { images: '1' } }]);
  });

  it.each([
    ['respond-async', 'respond-async'],
    ['wait=0', 'wait=0'],
    ['respond-async, wait=0', 'respond-async'],
  ])('is answered by a task at once where %s is preferred', async (prefer, applied) => {
    const response = await draw({ prefer, directions: never });
    expect([response.status, response.headers.get('preference-applied')]).toEqual([202, applied]);
    await calls(1);
    await about((await taskOf(response)).id, { method: 'DELETE' });
  });

  it('is waited for as long as its caller prefers', async () => {
    const answer = answersLater();
    const waiting = draw({ prefer: 'wait=30' });
    await calls(1);
    await draw({ directions: never });
    answer();
    expect((await waiting).status).toBe(200);
  });

  it.each([
    ['of no model', { model: 'none' }, 404],
    ['that is none', { prompt: 7 }, 400],
    ['without a key', undefined, 401],
  ])('%s is refused at once, whatever is preferred', async (_, more, status) => {
    const secret = more === undefined ? 'wrong' : caller.secret;
    const sent = { secret, path: imagesPath, headers: { prefer: 'respond-async' } };
    expect((await running.post(0, sent, { model: paidModel, prompt, ...more })).status).toBe(status);
  });

  it('whose caller leaves before it is a task is stopped, and costs nothing', async () => {
    const leaving = new AbortController();
    const left = draw({ prefer: 'wait=60', directions: never, signal: leaving.signal });
    await calls(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await broken();
    expect(await usesInTheEnd()).toEqual([]);
  });

  it('under limits of its bytes is waited for, and no task', async () => {
    const place = await running.start({ REPLAY_BYTES_PER_PRINCIPAL: '100000' });
    const response = await draw({ at: place, prefer: 'respond-async', directions: 'first-unit-ms=300' });
    expect(response.status).toBe(200);
    const none = await running.start({ IMAGE_TASKS: '0' });
    expect((await draw({ at: none, prefer: 'respond-async' })).status).toBe(200);
  });
});

describe('a task', () => {
  it('is known to its caller alone', async () => {
    const task = await accepted({ directions: never });
    for (const method of ['GET', 'DELETE'])
      expect((await about(task.id, { who: running.payer(), method })).status).toBe(404);
    const cancel = { who: running.payer(), method: 'POST', more: '/cancel' };
    expect((await about(task.id, cancel)).status).toBe(404);
    expect((await taskOf(await about(task.id))).status).toBe('in_progress');
    for (const id of [newId('img'), 'img_1', 'a%20b', 'x'.repeat(90)])
      expect((await (await about(id)).json()) as object).toMatchObject({ error: { code: 'not_found' } });
  });

  it('whose provider fails has failed, with its error, and costs nothing', async () => {
    for (const [status, code] of [
      [500, 'service_unavailable'],
      [429, 'service_unavailable'],
      [400, 'invalid_argument'],
    ] as const) {
      const refuse = answersLater({ error: { message: 'no' } }, status);
      const task = await accepted();
      refuse();
      const failed = await ended(task);
      expect(failed).toMatchObject({ status: 'failed', error: { code, message: expect.any(String) } });
      expect(failed.data).toBeUndefined();
    }
    expect(await usesInTheEnd()).toEqual([]);
  });

  it('with no images is completed, and costs nothing', async () => {
    const answer = answersLater({ created: 7, data: [] });
    const task = await accepted();
    answer();
    expect(await ended(task)).toMatchObject({ status: 'completed', data: [] });
    expect(await usesInTheEnd()).toEqual([]);
  });

  it('has its own members, whatever the provider says in them', async () => {
    const answer = answersLater({ id: 'theirs', status: 'failed', error: null, seed: 1, data: [{ url: 'x' }] });
    const task = await accepted();
    answer();
    expect(await ended(task)).toMatchObject({ id: task.id, status: 'completed', seed: 1, data: [{ url: 'x' }] });
  });

  it('is larger than an answer that is held, up to its own limit', async () => {
    const large = answersLater({ data: [{ b64_json: 'a'.repeat(150_000) }] });
    const task = await accepted();
    large();
    expect((await ended(task)).data![0]!.b64_json.length).toBe(150_000);
    const tooLarge = answersLater({ data: [{ b64_json: 'a'.repeat(250_000) }] });
    const other = await accepted();
    tooLarge();
    expect(await ended(other)).toMatchObject({ status: 'failed' });
    expect(await usesInTheEnd()).toMatchObject([{ eventId: task.request_id }]);
  });

  it('is waited for, up to its end', async () => {
    const answer = answersLater();
    const task = await accepted();
    const waiting = about(task.id, { headers: { prefer: 'wait=20' } });
    answer();
    expect((await taskOf(await waiting)).status).toBe('completed');
  });

  it.each([0, 1])('that is cancelled, at process %i of 2, is stopped, and costs nothing', async (at) => {
    const task = await accepted({ directions: never });
    const cancel = () => about(task.id, { at, method: 'POST', more: '/cancel' });
    const response = await cancel();
    expect([response.status, await taskOf(response)]).toMatchObject([
      200,
      { id: task.id, status: 'cancelled', error: null },
    ]);
    await broken();
    expect((await taskOf(await cancel())).status).toBe('cancelled');
    expect(await ended(task)).toMatchObject({ status: 'cancelled' });
    expect(await usesInTheEnd()).toEqual([]);
  });

  it('that is cancelled as its images come is charged or cancelled, and never both', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.constantFrom(0, 1), async (takesMs, at) => {
        const who = running.payer();
        const task = await taskOf(await draw({ who, prefer: 'respond-async', directions: `first-unit-ms=${takesMs}` }));
        await about(task.id, { who, at, method: 'POST', more: '/cancel' });
        const last = await until(async () => {
          const known = await taskOf(await about(task.id, { who }));
          return known.status !== 'in_progress' && known;
        });
        const uses = await usesInTheEnd(who);
        expect([last.status, uses.length]).toEqual(uses.length === 1 ? ['completed', 1] : ['cancelled', 0]);
      }),
      { numRuns: 25 },
    );
  });

  it('that has ended stays as it is where it is cancelled, and is gone where it is deleted', async () => {
    const answer = answersLater();
    const task = await accepted();
    answer();
    const completed = await ended(task);
    expect(await taskOf(await about(task.id, { method: 'POST', more: '/cancel' }))).toEqual(completed);
    const deleted = await about(task.id, { method: 'DELETE' });
    expect([deleted.status, await deleted.json()]).toEqual([
      200,
      { id: task.id, object: 'image.generation', deleted: true },
    ]);
    for (const method of ['GET', 'DELETE']) expect((await about(task.id, { method })).status).toBe(404);
  });

  it('that is deleted while it runs is stopped, and costs nothing', async () => {
    const task = await accepted({ directions: never });
    expect((await about(task.id, { method: 'DELETE' })).status).toBe(200);
    await broken();
    expect(await usesInTheEnd()).toEqual([]);
  });

  it('has its tokens set aside, and fails without a charge where they are called back', async () => {
    const task = await accepted({ directions: never });
    running.world.freeze(caller);
    expect(await ended(task)).toMatchObject({ status: 'failed', error: { code: 'permission_denied' } });
    await broken();
    expect(running.usesOf(caller)).toEqual([]);
  });

  it('is sealed: neither prompt nor images nor error are in the table, and its bytes are counted', async () => {
    const answer = answersLater({ data: [{ b64_json: 'an-image-of-a-spec' }] });
    const task = await accepted();
    answer();
    await ended(task);
    const refuse = answersLater({ error: { message: 'no lighthouses' } }, 400);
    const failed = await accepted();
    refuse();
    expect((await ended(failed)).error!.message).toBe('no lighthouses');
    const { rows } = await running.sql.query<{ row: string; sealed: Buffer; bytes: number; size: number }>(
      `select kept_answers::text as row, sealed, bytes, length(sealed)::int as size from kept_answers
       where request_id = any($1)`,
      [[task.request_id, failed.request_id]],
    );
    const all = rows.map(({ row, sealed }) => `${row} ${sealed.toString('latin1')}`).join();
    for (const text of ['an-image', 'lighthouse', 'no lighthouses', task.id]) expect(all.includes(text)).toBe(false);
    expect(rows.map(({ bytes, size }) => bytes - size)).toEqual([512, 512]);
    const sums = await running.sql.query<{ kept: string; own: string; all: string }>(
      `select (select sum(bytes) from kept_answers) as kept,
         (select sum(bytes) from kept_bytes where holder not like 'all/%') as own,
         (select sum(bytes) from kept_bytes where holder like 'all/%') as all`,
    );
    const { kept, own, all: inAll } = sums.rows[0]!;
    expect([own, inAll]).toEqual([kept, kept]);
  });

  it('whose images do not open any more says so', async () => {
    const answer = answersLater();
    const task = await accepted();
    answer();
    await ended(task);
    await running.sql.query(`update kept_answers set sealed = substring(sealed for 9) where request_id = $1`, [
      task.request_id,
    ]);
    expect(await taskOf(await about(task.id))).toMatchObject({ status: 'failed', error: { code: 'answer_not_kept' } });
  });
});
