import type { Connection } from './kafkajs.ts';

type Queue = InstanceType<typeof Connection>['requestQueue'];

/**
 * Ends requests of a connection that are not answered in time. It checks when the first of them can
 * be late; kafkajs checks ten times a second on each connection, which is most of the work of a
 * process that waits for events.
 */
export class LateRequests {
  private timer: NodeJS.Timeout | undefined;
  /** Time of the next check; monotonic milliseconds. */
  private at = Number.POSITIVE_INFINITY;

  constructor(private readonly queue: Queue) {
    queue.scheduleRequestTimeoutCheck = () => undefined;
    const push = queue.push.bind(queue);
    queue.push = (request) => {
      push(request);
      this.lookIn(Math.max(queue.requestTimeout, request.requestTimeout ?? 0));
    };
  }

  private lookIn(milliseconds: number): void {
    const at = performance.now() + milliseconds;
    if (at >= this.at) return;
    this.at = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), Math.ceil(milliseconds));
  }

  private look(): void {
    this.at = Number.POSITIVE_INFINITY;
    const now = Date.now();
    for (const request of [...this.queue.inflight.values()]) {
      const leftMs = (request.sentAt ?? now) + request.requestTimeout - now;
      if (leftMs <= 0) request.timeoutRequest();
      else this.lookIn(leftMs);
    }
    // Delayed by a quota: their time starts when they are sent.
    if (this.queue.pending.length > 0) this.lookIn(this.queue.requestTimeout);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.at = Number.NEGATIVE_INFINITY;
  }
}
