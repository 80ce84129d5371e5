import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Caller, until } from '@tokengrid/service/testing';
import OpenAI from 'openai';
import { drawing, imagesPath, never, prompt, type Task, taskOf } from '../../testing/drawing.ts';
import { paidModel, type RunningPaid, runPaid } from '../../testing/run-paid.ts';

// Waits have their own time limits; a busy machine is no failure.
jest.setTimeout(60_000);

let running: RunningPaid;
let caller: Caller;
beforeAll(async () => {
  running = await runPaid(2, { IMAGE_ANSWER_MS: '1500' });
  running.grantAll();
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => {
  caller = running.payer();
  running.server.calls.length = 0;
});

const { draw, about, accepted, ended, answersLater, usesInTheEnd, calls } = drawing(
  () => running,
  () => caller,
);

describe('a task under an Idempotency-Key', () => {
  it('is that of its repeats, and so are its images', async () => {
    const answer = answersLater();
    const task = await accepted({ key: 'k' });
    for (const at of [0, 1]) {
      const repeat = await draw({ at, key: 'k' });
      expect([repeat.status, repeat.headers.get('location'), repeat.headers.get('idempotent-replayed')]).toEqual([
        ...[202, `${imagesPath}/${task.id}`, 'true'],
      ]);
      expect(await taskOf(repeat)).toEqual(task);
    }
    answer();
    const completed = await ended(task);
    const repeat = await draw({ key: 'k', at: 1 });
    expect([repeat.status, repeat.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(await taskOf(repeat)).toEqual(completed);
    expect(running.server.calls).toHaveLength(1);
    expect(await usesInTheEnd()).toHaveLength(1);
  });

  it('that failed or was cancelled is served anew, as another task', async () => {
    const failing = await accepted({ key: 'k', directions: 'status=500' });
    expect((await ended(failing)).status).toBe('failed');
    const second = await accepted({ key: 'k', directions: never });
    expect(second.id).not.toBe(failing.id);
    await about(second.id, { method: 'POST', more: '/cancel' });
    const served = await until(async () => {
      const response = await draw({ key: 'k' });
      return response.status === 200 && response;
    });
    expect(await taskOf(served)).toMatchObject({ data: [{}] });
    expect((await ended(failing)).status).toBe('failed');
    expect(await usesInTheEnd()).toHaveLength(1);
  });

  it('that was deleted is charged once all the same', async () => {
    const answer = answersLater();
    const task = await accepted({ key: 'k' });
    answer();
    await ended(task);
    await about(task.id, { method: 'DELETE' });
    expect((await draw({ key: 'k' })).status).toBe(409);
    expect(await usesInTheEnd()).toHaveLength(1);
  });
});

describe('the SDK of OpenAI', () => {
  const openai = (prefer?: string) =>
    new OpenAI({
      ...{ baseURL: `${running.processes[0]!.url}/v1`, apiKey: caller.secret },
      ...(prefer !== undefined && { defaultHeaders: { prefer } }),
    });
  const asked = { model: paidModel, prompt };

  it('gets a task in place of images, without `data`, and its images by the same client', async () => {
    const answer = answersLater();
    const client = openai();
    const task = (await client.images.generate(asked)) as OpenAI.ImagesResponse & Task;
    expect([task.status, task.data]).toEqual(['in_progress', undefined]);
    answer();
    const images = await until(async () => {
      const found = await client.get<OpenAI.ImagesResponse & Task>(`/images/generations/${task.id}`);
      return found.data && found;
    });
    expect([images.status, images.data]).toEqual(['completed', [{ b64_json: 'aGk=' }]]);
  });

  it('waits for images where a header of the client says so', async () => {
    const answer = answersLater();
    const images = openai('wait=60').images.generate(asked);
    await calls(1);
    await draw({ directions: never });
    answer();
    expect((await images).data).toEqual([{ b64_json: 'aGk=' }]);
  });
});

describe('a task whose process', () => {
  it('dies before its images are kept has failed once no use can come any more, and cost nothing', async () => {
    const task = await accepted({ directions: never });
    await running.sql.query(`update kept_answers set gateway_id = 'gwy_dead' where request_id = $1`, [task.request_id]);
    const died = await taskOf(await about(task.id));
    expect(died).toMatchObject({ status: 'failed', error: { code: 'service_unavailable' } });
    await about(task.id, { method: 'DELETE' });
    expect(await usesInTheEnd()).toEqual([]);
  });

  it('keeps its images has them once their use is stored, and no sooner', async () => {
    const answer = answersLater();
    const task = await accepted();
    const status = async () => (await taskOf(await about(task.id))).status;
    const isOf = (gatewayId: string) =>
      running.sql.query(
        `update kept_answers set gateway_id = $2 where request_id = $1 returning
         (select gateway_id from kept_answers former where former.request_id = $1) as former`,
        [task.request_id, gatewayId],
      );
    const client = await running.sql.connect();
    try {
      await client.query('begin; lock table requests in exclusive mode');
      answer();
      await until(async () => {
        const { rowCount } = await running.sql.query(
          'select from kept_answers where request_id = $1 and sealed is not null',
          [task.request_id],
        );
        return rowCount === 1;
      });
      expect(await status()).toBe('in_progress');
      // No slice of a dead process is open: the use would be stored by now.
      const { rows } = await isOf('gwy_dead');
      expect(await status()).toBe('failed');
      await isOf((rows[0] as { former: string }).former);
    } finally {
      await client.query('rollback');
      client.release();
    }
    expect((await ended(task)).status).toBe('completed');
    await isOf('gwy_dead');
    expect(await status()).toBe('completed');
    expect(await usesInTheEnd()).toHaveLength(1);
  });

  it('is asked to end goes on for as long as requests may, and fails then without a charge', async () => {
    const settings = { DRAIN_MS: '50', SHUTDOWN_TIMEOUT_MS: '3000' };
    const [first, second] = [await running.start(settings), await running.start(settings)];
    const answer = answersLater();
    const lasting = await accepted({ at: first });
    const endless = await accepted({ at: second, directions: never });
    const closing = [first, second].map((place) => running.processes[place]!.close());
    // The listener is closed by now.
    await until(async () => !(await fetch(running.processes[first]!.url).catch(() => undefined)));
    answer();
    expect((await ended(lasting)).status).toBe('completed');
    await Promise.all(closing);
    expect(await ended(endless)).toMatchObject({ status: 'failed', error: { code: 'service_unavailable' } });
    running.processes.splice(first);
    expect(await usesInTheEnd()).toMatchObject([{ eventId: lasting.request_id }]);
  });
});
