import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startTimeOf } from './process-identity.ts';
import type { ProcessRecord } from './process-identity.ts';
import { guard, unguard } from './watchdog.ts';

/** Program and arguments of one start. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly options?: Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'>;
}

/** A part of the stack: one process to keep running, and its readiness check. */
export interface PartDefinition {
  readonly name: string;
  /** Called before every start, so it may also tidy up after the last process. */
  readonly command: () => Promise<Command>;
  /** True when it is ready. Rejects if it never will be, with a message for the user. */
  readonly isReady: () => Promise<boolean>;
  /** Requests a graceful end; SIGKILL follows after `stopTimeoutMs`. */
  readonly stopSignal: NodeJS.Signals;
  readonly stopTimeoutMs: number;
  /** Requests an end when the supervisor is gone: quick, but without loss. */
  readonly orphanSignal: NodeJS.Signals;
}

/** Notifications of a part to its owner. */
export interface PartListener {
  /** A line of the process's output. */
  line(line: string): void;
  /** A message for the user: it died, it is back, it takes long. */
  say(message: string): void;
  /** The process was replaced or is gone: see `Part.record`. */
  changed(): void;
}

/** Number of output lines kept to explain a failed start. */
const keptLines = 15;
const readyPollMs = 50;
const stillWaitingMs = 15_000;
/** Time limit of the first start, all its attempts together. */
const firstStartTimeoutMs = 120_000;
const firstStartAttempts = 4;

/**
 * Pause after the n-th death in a row before readiness: 1, 2, 4 … 30 s. After a death in service
 * there is none.
 */
export function backOffMs(deaths: number): number {
  return deaths === 0 ? 0 : Math.min(30_000, 1000 * 2 ** (deaths - 1));
}

/**
 * Keeps one process running from `start` until `stop` or `kill`. One that dies after readiness is
 * restarted at once; one that dies before it is restarted after a pause that grows.
 */
export class Part {
  readonly name: string;
  private wanted = false;
  private running: Running | undefined;
  private loop: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private tail: string[] = [];

  constructor(
    private readonly definition: PartDefinition,
    private readonly listener: PartListener,
  ) {
    this.name = definition.name;
  }

  /** The running process, if any. */
  get record(): ProcessRecord | undefined {
    return this.running?.record;
  }

  /** Starts it and resolves when it is ready. Rejects with the end of its output otherwise. */
  async start(): Promise<void> {
    if (this.wanted) throw new Error(`${this.name} is already started`);
    this.wanted = true;
    const first = Promise.withResolvers<void>();
    this.loop = this.keepRunning(first);
    const giveUp = setTimeout(
      () => first.reject(this.failure(`is not ready after ${firstStartTimeoutMs / 1000} s`)),
      firstStartTimeoutMs,
    );
    try {
      await first.promise;
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      clearTimeout(giveUp);
    }
  }

  /** Stops it gracefully, with SIGKILL after the time limit. Resolves when it is gone. */
  async stop(): Promise<void> {
    const running = this.end();
    const { stopSignal, stopTimeoutMs } = this.definition;
    running?.child.kill(stopSignal);
    const kill = setTimeout(() => {
      this.listener.say(`${this.name} did not end within ${stopTimeoutMs / 1000} s of ${stopSignal}: killed`);
      running?.child.kill('SIGKILL');
    }, stopTimeoutMs);
    await this.loop;
    clearTimeout(kill);
  }

  /**
   * Ends it with this signal, gracefully or not, and leaves it down until it is started again.
   * Resolves when it is gone.
   */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.end()?.child.kill(signal);
    await this.loop;
  }

  private end(): Running | undefined {
    this.wanted = false;
    this.wake();
    return this.running;
  }

  private async keepRunning(first: PromiseWithResolvers<void>): Promise<void> {
    let deathsBeforeReady = 0;
    let everReady = false;
    while (this.wanted) {
      try {
        const running = await this.spawn();
        const ready = await this.becomesReady(running);
        if (ready && everReady) this.listener.say(`${this.name} is back (pid ${running.record.pid})`);
        if (ready) first.resolve();
        everReady ||= ready;
        const how = await running.exit;
        this.forget(running);
        if (!this.wanted) break;
        deathsBeforeReady = ready ? 0 : deathsBeforeReady + 1;
        if (!everReady && deathsBeforeReady >= firstStartAttempts) throw this.failure(`does not start: ${how}`);
        const pauseMs = backOffMs(deathsBeforeReady);
        const next = pauseMs === 0 ? 'starting it again' : `starting it again in ${pauseMs / 1000} s`;
        this.listener.say(`${this.name} died${ready ? '' : ' before it was ready'} (${how}): ${next}`);
        await this.pause(pauseMs);
      } catch (error) {
        first.reject(error);
        if (everReady) this.listener.say(`${this.name} cannot be started again: ${(error as Error).message}`);
        return;
      }
    }
    first.reject(new Error(`${this.name} was stopped before it was ready`));
  }

  private async spawn(): Promise<Running> {
    const { file, args, options } = await this.definition.command();
    this.tail = [];
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const exit = Promise.withResolvers<string>();
    child.once('exit', (code, signal) => exit.resolve(signal ?? `exit code ${code}`));
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream! }).on('line', (line) => this.line(line));
    const pid = child.pid!;
    const record = {
      name: this.name,
      pid,
      startedAt: startTimeOf(pid) ?? 'gone',
      endSignal: this.definition.orphanSignal,
    };
    guard(record);
    this.running = { child, record, exit: exit.promise };
    this.listener.changed();
    // Stopped while it was being started.
    if (!this.wanted) child.kill(this.definition.stopSignal);
    return this.running;
  }

  private forget({ record }: Running): void {
    unguard(record.pid);
    this.running = undefined;
    this.listener.changed();
  }

  /** True when it is ready, false if it has ended before. */
  private async becomesReady({ exit }: Running): Promise<boolean> {
    let ended = false;
    void exit.then(() => (ended = true));
    let sayAgainAt = Date.now() + stillWaitingMs;
    while (!ended) {
      if (await this.definition.isReady()) return !ended;
      if (Date.now() > sayAgainAt) {
        this.listener.say(`still waiting for ${this.name}`);
        sayAgainAt += stillWaitingMs;
      }
      await Promise.race([exit, new Promise((resolve) => setTimeout(resolve, readyPollMs))]);
    }
    return false;
  }

  /** Waits, unless the part is stopped. */
  private async pause(durationMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      timer = setTimeout(resolve, durationMs);
    });
    clearTimeout(timer);
  }

  private line(line: string): void {
    this.tail.push(line);
    if (this.tail.length > keptLines) this.tail.shift();
    this.listener.line(line);
  }

  private failure(what: string): Error {
    const output = this.tail.map((line) => `\n  | ${line}`).join('');
    return new Error(`${this.name} ${what}${output && `\nThe end of its output:${output}`}`);
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly record: ProcessRecord;
  /** Description of its end. */
  readonly exit: Promise<string>;
}
