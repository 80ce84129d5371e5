import { setTimeout as passing } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { type NextRun, Repeating, serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { GatewayConfig } from '../config.ts';
import { KeptAnswers } from '../replays/kept-answers.ts';
import type { KeptTask } from './kept-tasks.ts';
import type { RunningTask } from './running-task.ts';

/** A task that runs here. */
export interface TaskHere extends KeptTask {
  /** Lane of its payer's uses. */
  readonly lane: number;
}

interface Running {
  readonly of: TaskHere;
  readonly task: Pick<RunningTask, 'cancel' | 'stop'>;
}

/** Interval of looking for tasks that were cancelled at other processes. */
const lookEveryMs = 500;
/** Time for which tasks that are stopped may write their ends, in milliseconds. */
const lastWordsMs = 2000;
const pauseMs = 20;

/** Tasks that run at this process. */
@Injectable()
export class RunningTasks implements BeforeApplicationShutdown {
  private readonly running = new Map<string, Running>();
  /** Ends that Postgres has not taken yet, by request. */
  private readonly unsettled = new Map<string, () => Promise<void>>();
  private readonly looking: Repeating;

  constructor(
    private readonly kept: KeptAnswers,
    @Inject(serviceConfig) private readonly config: Pick<GatewayConfig, 'imageTasks' | 'shutdownTimeoutMs'>,
    @Inject(serviceLog) private readonly log: Logger,
  ) {
    const failed = (error: unknown) =>
      log.warn({ err: error }, 'tasks could not be looked at, or ended; the next look retries');
    this.looking = new Repeating(() => this.look(), lookEveryMs, failed);
  }

  /** Lets tasks run as long as other requests may, then stops them. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.untilNone(this.config.shutdownTimeoutMs);
    for (const { task } of this.running.values()) task.stop();
    await this.untilNone(lastWordsMs);
    await this.looking.stop();
  }

  /** True if another task may run here. */
  get hasRoom(): boolean {
    return this.running.size + this.unsettled.size < this.config.imageTasks;
  }

  begun(of: TaskHere, task: Running['task']): void {
    this.running.set(of.answerId, { of, task });
    this.looking.wake();
  }

  over(answerId: string): void {
    this.running.delete(answerId);
  }

  cancel(answerId: string): void {
    this.running.get(answerId)?.task.cancel();
  }

  /** Does what ends a task in Postgres, once more if it fails. */
  async settle(requestId: string, end: () => Promise<void>): Promise<void> {
    try {
      await end();
    } catch (error) {
      this.log.warn({ err: error, requestId }, `the task of ${requestId} could not be ended; the next look retries`);
      this.unsettled.set(requestId, end);
      this.looking.wake();
    }
  }

  private async look(): Promise<NextRun> {
    const tasks = [...this.running.values()];
    await Promise.all(
      tasks.map(async ({ of, task }) => {
        const known = await this.kept.find(of);
        if (known?.requestId !== of.requestId) task.cancel();
      }),
    );
    for (const [requestId, end] of this.unsettled) {
      await end();
      this.unsettled.delete(requestId);
    }
    return this.running.size > 0 ? undefined : 'rest';
  }

  private async untilNone(timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (this.running.size + this.unsettled.size > 0 && performance.now() < until) await passing(pauseMs);
  }
}
