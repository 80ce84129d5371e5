import { randomUUID } from 'node:crypto';
import { setTimeout as passing } from 'node:timers/promises';
import type { Outcome } from '@tokengrid/event-store';
import { laneOf } from '@tokengrid/kernel';
import { eventually } from './eventually.ts';
import type { Answer } from './messages.ts';
import type { ProcessHandle } from './process-handle.ts';
import type { PurseEvent } from './purse-domain.ts';
import type { PurseCommand } from './purse-service.ts';
import type { Random } from './random.ts';

/** Failures after which the same id can be sent again. */
const passingFailures: readonly string[] = ['StoreUnavailable', 'Overloaded', 'LaneStopped'];
const retryMs = 25;
const purses = Array.from({ length: 24 }, (_, number) => `purse-${number}`);

/** A command that was answered with both stores having it. */
export interface Acknowledged {
  readonly command: PurseCommand;
  readonly outcome: Outcome<PurseEvent>;
}

export interface LoadOptions {
  /** Number of concurrent commands. */
  readonly clients: number;
  /** Time after which a client sends its command to another process. */
  readonly patienceMs: number;
  /** More failures after which the same id can be sent again. */
  readonly passing: readonly string[];
}

/**
 * Clients that send one command after another to any living process, each repeated with the same id
 * until it is acknowledged.
 */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  /**
   * Numbers of answers by kind: `acknowledged`, `lost`, `not published`, or the name of a failure.
   */
  readonly answers = new Map<string, number>();
  /** Violations: failures that are no outage, and answers that contradict an earlier one. */
  readonly wrongs: string[] = [];
  private stopped = false;
  private abandoned = false;
  private readonly clients: Promise<void>[];

  constructor(
    private readonly processes: () => readonly ProcessHandle[],
    private readonly random: Random,
    private readonly options: LoadOptions,
  ) {
    this.clients = Array.from({ length: options.clients }, () => this.client());
  }

  /** Stops the clients once their commands are acknowledged. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
  }

  /** Stops the clients, acknowledged or not. */
  async abandon(): Promise<void> {
    this.stopped = this.abandoned = true;
    await Promise.all(this.clients);
  }

  private async client(): Promise<void> {
    while (!this.stopped) await this.send(this.nextCommand());
  }

  /** Resolves once `more` commands are acknowledged from now on. */
  acknowledges(more: number): Promise<void> {
    const wanted = this.acknowledged.length + more;
    return eventually(`${more} more commands are acknowledged`, () => this.acknowledged.length >= wanted);
  }

  /**
   * Makes a deposit in each of some lanes, through one process only, and resolves once all are
   * acknowledged.
   */
  async depositThrough(process: ProcessHandle, lanes: readonly number[], of: number): Promise<void> {
    await Promise.all(
      lanes.map(async (lane) => {
        const purseId = purses.find((purse) => laneOf(purse, of) === lane)!;
        await this.send({ id: randomUUID(), purseId, tokens: 1n, toPurse: undefined }, () => [process]);
      }),
    );
  }

  /** Makes a deposit in one purse, through one process only. */
  depositIn(purseId: string, process: ProcessHandle): Promise<void> {
    return this.send({ id: randomUUID(), purseId, tokens: 1n, toPurse: undefined }, () => [process]);
  }

  private nextCommand(): PurseCommand {
    const { random } = this;
    const purseId = random.pick(purses);
    const isDeposit = random.below(3) === 0;
    return {
      id: randomUUID(),
      purseId,
      tokens: BigInt(1 + random.below(isDeposit ? 1_000 : 400)),
      toPurse: isDeposit ? undefined : random.pick(purses.filter((other) => other !== purseId)),
    };
  }

  /** Sends a command until it is acknowledged, and checks that its answers agree. */
  private async send(command: PurseCommand, processes = this.processes): Promise<void> {
    let first: string | undefined;
    while (!this.abandoned) {
      const alive = processes().filter((process) => process.isAlive);
      if (alive.length === 0) {
        await passing(retryMs);
        continue;
      }
      const answer = await this.ask(this.random.pick(alive), command);
      if (answer.kind === 'outcome') {
        const { outcome } = answer;
        const events = textOf(outcome);
        if (first !== undefined && events !== first) this.wrongs.push(`${command.id}: ${first}, then ${events}`);
        first = events;
        this.count(outcome.published ? 'acknowledged' : 'not published');
        if (!outcome.published) continue;
        this.acknowledged.push({ command, outcome });
        return;
      }
      const what = answer.kind === 'failure' ? answer.name : answer.kind;
      this.count(what);
      if (answer.kind === 'failure' && ![...passingFailures, ...this.options.passing].includes(answer.name)) {
        this.wrongs.push(`${command.id}: ${answer.name}: ${answer.message}`);
      }
      await passing(retryMs);
    }
  }

  private async ask(process: ProcessHandle, command: PurseCommand): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Answer>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'lost' }), this.options.patienceMs);
    });
    try {
      return await Promise.race([process.ask({ kind: 'command', command }), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private count(what: string): void {
    this.answers.set(what, (this.answers.get(what) ?? 0) + 1);
  }
}

/** Comparable text of an outcome's events: the fields that all releases know. */
export function textOf({ events }: Outcome<PurseEvent>): string {
  return JSON.stringify(events, (key, value: unknown) =>
    key === 'memo' ? undefined : typeof value === 'bigint' ? `${value}` : value,
  );
}
