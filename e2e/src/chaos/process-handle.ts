import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Answer, FromProcess, PurseProcessConfig, Request } from './messages.ts';

/** The built program: the files that production runs. */
const program = fileURLToPath(new URL('../../dist/chaos/purse-process.js', import.meta.url));

const lost: Answer = { kind: 'lost' };

/** A purse process from the test's side. */
export class ProcessHandle {
  /** Resolves when the process has ended, for any reason. */
  readonly gone: Promise<void>;
  /** The name under which it holds leases. */
  readonly holder: string = '';
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private tickets = 0;
  private alive = true;

  private constructor(private readonly child: ChildProcess) {
    this.gone = new Promise((resolve) => {
      child.once('exit', () => {
        this.alive = false;
        for (const settle of this.waiting.values()) settle(lost);
        this.waiting.clear();
        resolve();
      });
    });
    child.on('message', (message: FromProcess) => {
      if ('holder' in message) return;
      this.waiting.get(message.ticket)?.(message.answer);
      this.waiting.delete(message.ticket);
    });
    // A message to a process that has just died; 'exit' informs its caller.
    child.on('error', () => undefined);
  }

  /**
   * Starts a process and waits until it accepts commands.
   * @throws Error with its output if it ends before that
   */
  static async start(config: PurseProcessConfig): Promise<ProcessHandle> {
    if (!existsSync(program)) throw new Error(`${program} is missing: build e2e first (npx nx build e2e)`);
    const child = fork(program, [JSON.stringify(config)], {
      serialization: 'advanced',
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let printed = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
    const handle = new ProcessHandle(child);
    const ready = new Promise<string>((resolve) =>
      child.once('message', (message: { holder: string }) => resolve(message.holder)),
    );
    const holder = await Promise.race([ready, handle.gone.then(() => undefined)]);
    if (holder !== undefined) return Object.assign(handle, { holder });
    throw new Error(`a purse process ended while it started: ${printed}`);
  }

  get isAlive(): boolean {
    return this.alive;
  }

  get pid(): number {
    return this.child.pid!;
  }

  ask(request: Request): Promise<Answer> {
    if (!this.alive) return Promise.resolve(lost);
    const ticket = ++this.tickets;
    return new Promise((resolve) => {
      this.waiting.set(ticket, resolve);
      this.child.send({ ticket, request });
    });
  }

  /** Reasons why it does not accept commands, publish or apply events, a sentence each. */
  problems(): Promise<readonly string[]> {
    return this.sentences({ kind: 'problems' });
  }

  /** Messages that its subscribers skipped because they are not events of the lane. */
  passedOver(): Promise<readonly string[]> {
    return this.sentences({ kind: 'passed-over' });
  }

  /** Steps its clock to a new offset. */
  async stepClock(toMs: number): Promise<void> {
    await this.ask({ kind: 'step-clock', toMs });
  }

  private async sentences(request: Request): Promise<readonly string[]> {
    const answer = await this.ask(request);
    return answer.kind === 'sentences' ? answer.sentences : [answer.kind];
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** True if a signal has stopped it (by Linux). */
  get isFrozen(): boolean {
    // The state follows the program's name in parentheses: proc(5).
    return this.alive && /\) T/.test(readFileSync(`/proc/${this.pid}/stat`, 'utf8'));
  }

  /** Kills it and waits until it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
  }
}
