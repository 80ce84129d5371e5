import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { operatorApiKey, specimenEnvironment } from './specimen/run-jars.ts';

const hooks = new URL('specimen/typescript-hooks.mjs', import.meta.url).href;
const main = fileURLToPath(new URL('specimen/jars-main.ts', import.meta.url));

/** A service in a process of its own. */
class Running {
  output = '';
  errors = '';
  readonly child: ChildProcess;
  readonly ended: Promise<number | string>;

  constructor(environment: Record<string, string | undefined>, args: string[]) {
    this.child = spawn(process.execPath, ['--conditions=source', '--import', hooks, main, ...args], {
      env: { PATH: process.env['PATH'], ...specimenEnvironment, ...environment },
    });
    this.child.stdout!.on('data', (data: Buffer) => (this.output += data.toString()));
    this.child.stderr!.on('data', (data: Buffer) => (this.errors += data.toString()));
    this.ended = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  }

  /** Resolves once the output matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      const left = await Promise.race([
        once(this.child.stdout!, 'data').then(() => false),
        this.ended.then(() => true),
      ]);
      if (left && !pattern.test(this.output)) throw new Error(`ended without saying ${pattern}: ${this.errors}`);
    }
  }

  async url(): Promise<string> {
    return (await this.says(/jars listens at (http:\S+?)"/))[1]!;
  }
}

const started: Running[] = [];
const start = (environment: Record<string, string | undefined> = {}, ...args: string[]): Running => {
  const running = new Running(environment, args);
  started.push(running);
  return running;
};
afterEach(async () => {
  for (const running of started.splice(0)) {
    running.child.kill('SIGKILL');
    await running.ended;
  }
});

describe('a service process', () => {
  it('that is misconfigured ends with 78 and one line that names the variable', async () => {
    const running = start({ PORT: 'eighty' });
    expect(await running.ended).toBe(78);
    expect(running.errors).toBe('jars: PORT is "eighty", expected a whole number from 0 to 65535\n');
    expect(running.output).toBe('');
  });

  it('that is asked for help prints its variables', async () => {
    const running = start({ PORT: undefined }, '--help');
    expect(await running.ended).toBe(0);
    expect(running.output).toMatch(
      /^jars is configured by environment variables:\n\n {2}HOST +127\.0\.0\.1 +address to listen on\n/,
    );
  });

  it('that cannot start ends with 1 and says why', async () => {
    const running = start({ BROKEN: 'yes' });
    expect(await running.ended).toBe(1);
    expect(running.output).toContain('jars could not start: the parts are broken');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 on %s, after what runs, and accepts nothing new',
    async (signal) => {
      const running = start({ AWAY: 'yes', ANSWER_TIMEOUT_MS: '20000' });
      const url = await running.url();
      const fill = await inFlight(url);
      running.child.kill(signal);
      await running.says(/finishing running requests/);
      await expect(fetch(url)).rejects.toThrow();
      running.child.kill('SIGUSR2');
      const [answer] = (await once(fill, 'response')) as [IncomingMessage];
      answer.resume();
      expect(answer.statusCode).toBe(201);
      expect(await running.ended).toBe(0);
    },
  );

  it('answers what does not end within its bound, and still ends with 0', async () => {
    const running = start({ AWAY: 'yes', ANSWER_TIMEOUT_MS: '20000', SHUTDOWN_TIMEOUT_MS: '100' });
    const fill = await inFlight(await running.url());
    running.child.kill('SIGTERM');
    expect(await statusOf(fill)).toBe(503);
    running.child.kill('SIGUSR2');
    expect(await running.ended).toBe(0);
  });

  it.each([
    ['with its length', { 'content-length': '14' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('answers a request whose body comes too slowly, sent %s', async (_, headers) => {
    const running = start({ SHUTDOWN_TIMEOUT_MS: '100' });
    const slow = await begun(await running.url(), headers);
    slow.write('{"tokens"');
    running.child.kill('SIGTERM');
    expect(await statusOf(slow)).toBe(503);
    expect(await running.ended).toBe(0);
  });

  it('ends at once on a second signal', async () => {
    const running = start({ AWAY: 'yes', ANSWER_TIMEOUT_MS: '20000' });
    const fill = await inFlight(await running.url());
    fill.on('error', () => undefined);
    running.child.kill('SIGTERM');
    await running.says(/finishing running requests/);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(1);
  });

  it('leaves no request of a busy caller without an answer when it ends', async () => {
    const running = start({ DRAIN_MS: '1000' });
    const url = await running.url();
    const callers = Array.from({ length: 32 }, () => new Caller(url));
    const calls = Promise.all(callers.map((caller) => caller.callUntilRefused()));
    await Promise.all(callers.map(({ answered }) => answered));
    running.child.kill('SIGTERM');
    await running.says(/finishing running requests/);
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ reasons: expect.arrayContaining(['the service is shutting down']) });
    expect(ready.headers.get('connection')).toBe('close');
    await calls;
    expect(callers.flatMap(({ unanswered }) => unanswered)).toEqual([]);
    expect(await running.ended).toBe(0);
  });
});

/**
 * Sends one command after the other over a connection that it keeps, as long as the service takes
 * connections.
 */
class Caller {
  /** Errors of requests that were sent and not answered. */
  readonly unanswered: string[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private tellAnswered!: () => void;
  /** Resolves with the first answer. */
  readonly answered = new Promise<void>((resolve) => (this.tellAnswered = resolve));

  constructor(private readonly url: string) {}

  async callUntilRefused(): Promise<void> {
    for (;;) {
      try {
        await this.call();
        this.tellAnswered();
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ECONNREFUSED') break;
        this.unanswered.push(code ?? message);
      }
    }
    this.agent.destroy();
  }

  private async call(): Promise<void> {
    const fill = request(`${this.url}/v1/jars/a/fillings`, {
      method: 'POST',
      agent: this.agent,
      headers: { authorization: `Bearer ${operatorApiKey}`, 'content-type': 'application/json' },
    });
    fill.end('{"tokens":"1"}');
    const [answer] = (await once(fill, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
  }
}

/** A command that the service has begun to read and can't answer while Kafka is away. */
async function inFlight(url: string): Promise<ClientRequest> {
  const fill = await begun(url);
  fill.end('{"tokens":"1"}');
  return fill;
}

/** A command whose body the service waits for. */
async function begun(url: string, headers: Readonly<Record<string, string>> = {}): Promise<ClientRequest> {
  const fill = request(`${url}/v1/jars/a/fillings`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${operatorApiKey}`,
      'content-type': 'application/json',
      expect: '100-continue',
      ...headers,
    },
  });
  fill.flushHeaders();
  await once(fill, 'continue');
  return fill;
}

async function statusOf(sent: ClientRequest): Promise<number | undefined> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}
