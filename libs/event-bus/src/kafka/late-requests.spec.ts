import { describe, expect, it } from '@jest/globals';
import { LateRequests } from './late-requests.ts';

/** A request queue like kafkajs', with concurrent requests. */
class Queue {
  readonly requestTimeout = 40;
  readonly pending: unknown[] = [];
  readonly inflight = new Map<number, { sentAt: number; requestTimeout: number; timeoutRequest(): void }>();
  readonly late: number[] = [];

  push({ requestTimeout = 0 }: { readonly requestTimeout?: number }): void {
    const id = this.inflight.size;
    const timeoutRequest = () => {
      this.inflight.delete(id);
      this.late.push(id);
    };
    const timeoutMs = Math.max(this.requestTimeout, requestTimeout);
    this.inflight.set(id, { sentAt: Date.now(), requestTimeout: timeoutMs, timeoutRequest });
  }
}

const passing = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('requests of a connection', () => {
  it('end when they are not answered in their own time, one that may wait at the broker later than another', async () => {
    const queue = new Queue();
    const late = new LateRequests(queue as never);
    const began = performance.now();
    const endedAt = new Map<number, number>();
    const { push } = queue;
    push.call(queue, { requestTimeout: 150 });
    push.call(queue, {});
    while (queue.late.length < 2) {
      await passing(5);
      for (const id of queue.late) if (!endedAt.has(id)) endedAt.set(id, performance.now() - began);
    }
    expect(queue.late).toEqual([1, 0]);
    expect(endedAt.get(1)).toBeLessThan(140);
    expect(endedAt.get(0)).toBeGreaterThan(140);
    late.stop();
  });

  it('are not looked at any more once the connection is closed', async () => {
    const queue = new Queue();
    const late = new LateRequests(queue as never);
    queue.push({});
    late.stop();
    queue.push({});
    await passing(60);
    expect(queue.late).toEqual([]);
  });
});
