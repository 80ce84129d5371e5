import { describe, expect, it } from '@jest/globals';
import { eventually as until } from '@tokengrid/infra-local/testing';
import type { Answer } from '../api/client.ts';
import { type Party, unique } from '../api/parties.ts';
import { type Edge, imagePrice } from './edge.ts';

const bought = 1_000_000n;
const path = '/v1/images/generations';

/** Images that take long, on a whole stack with two gateways. */
export function images(edge: () => Edge): void {
  const gateway = (index: number) => edge().grid.gateways[index]!;

  /** A task for an image at a gateway, which its provider draws in so many milliseconds. */
  async function task(index: number, payer: Party, takesMs: number, idempotencyKey = unique('k')): Promise<string> {
    const headers = { prefer: 'respond-async', 'x-model-server': `first-unit-ms=${takesMs}` };
    const asked = { model: edge().model, prompt: 'a lighthouse' };
    const answer = await gateway(index).post(path, payer.key, asked, { headers, idempotencyKey });
    expect(answer).toMatchObject({ status: 202, body: { status: 'in_progress' } });
    expect(answer.headers.get('location')).toBe(`${path}/${String(answer.body['id'])}`);
    return String(answer.body['id']);
  }
  /** A task at a gateway, once it has ended. */
  async function ended(index: number, payer: Party, id: string): Promise<Answer> {
    let answer: Answer | undefined;
    await until(async () => {
      answer = await gateway(index).get(`${path}/${id}`, payer.key);
      return answer.status === 200 && answer.body['status'] !== 'in_progress';
    }, 40_000);
    return answer!;
  }

  describe('a task for images', () => {
    it('is begun at one process, had at the other, and charged once', async () => {
      const payer = await edge().payer(bought);
      const key = unique('k');
      const id = await task(0, payer, 500, key);
      expect(await task(1, payer, 500, key)).toBe(id);
      const { body } = await ended(1, payer, id);
      expect(body).toMatchObject({ id, status: 'completed', data: [{ b64_json: expect.any(String) }] });
      expect((await ended(0, payer, id)).body).toEqual(body);
      expect((await gateway(1).get(`${path}/${id}`, (await edge().payer(1000n)).key)).status).toBe(404);
      expect(await edge().settled(payer)).toBe(bought - imagePrice);
    });

    it('is cancelled at another process, and costs nothing', async () => {
      const payer = await edge().payer(bought);
      const id = await task(0, payer, 600_000);
      const { status, body } = await gateway(1).post(`${path}/${id}/cancel`, payer.key);
      expect([status, body['status']]).toEqual([200, 'cancelled']);
      await until(() => edge().server.calls.at(-1)!.brokenAt !== undefined);
      expect(await edge().settled(payer)).toBe(bought);
    });

    it('is completed and charged, or failed and free, whenever its process is killed', async () => {
      const payer = await edge().payer(bought);
      const part = edge().grid.stack.part('gateway-2');
      await ended(1, payer, await task(1, payer, 0));
      const begun = Array.from({ length: 40 }, (_, place) => task(1, payer, 25 * place));
      const ids = await Promise.all(begun);
      await part.kill();
      const answers = await Promise.all(ids.map((id) => ended(0, payer, id)));
      const completed = answers.filter(({ body }) => body['status'] === 'completed');
      const failed = answers.filter(({ body }) => body['status'] === 'failed');
      expect(completed.length + failed.length).toBe(ids.length);
      for (const { body } of completed) expect(body['data']).toMatchObject([{ b64_json: expect.any(String) }]);
      for (const { body } of failed) expect(body['error']).toMatchObject({ code: 'service_unavailable' });
      expect(failed.length).toBeGreaterThan(0);
      expect(await edge().settled(payer)).toBe(bought - imagePrice * BigInt(completed.length + 1));
      await part.start();
      for (const [place, id] of ids.entries())
        expect((await gateway(1).get(`${path}/${id}`, payer.key)).body).toMatchObject({
          status: answers[place]!.body['status'],
        });
    });

    it('is completed by a process that is asked to end', async () => {
      const payer = await edge().payer(bought);
      const id = await task(1, payer, 3000);
      const part = edge().grid.stack.part('gateway-2');
      await part.stop();
      expect((await ended(0, payer, id)).body).toMatchObject({ status: 'completed' });
      await part.start();
      expect(await edge().settled(payer)).toBe(bought - imagePrice);
    });
  });
}
