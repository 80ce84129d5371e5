import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serviceNodeOptions } from '@tokengrid/infra-local';

const apps = fileURLToPath(new URL('../../../apps/', import.meta.url));
const startTimeoutMs = 60_000;
const keptLogLength = 2000;

export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

export interface ServiceSettings {
  readonly name: string;
  /** Folder of its log, a file as in production. */
  readonly home: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments for node: `--cpu-prof` and the like. */
  readonly nodeArguments?: readonly string[];
}

/**
 * Starts a process of a service as deployed, and waits until it is ready.
 * @throws Error with the end of its log
 */
export async function startService(settings: ServiceSettings): Promise<ServiceProcess> {
  const { name, home, port, environment, nodeArguments = [] } = settings;
  const logPath = join(home, `${name}-${port}.log`);
  const log = openSync(logPath, 'w', 0o600);
  const program = join(apps, name, 'dist', 'main.js');
  const child = spawn(process.execPath, [...serviceNodeOptions, ...nodeArguments, program], {
    cwd: home,
    env: { ...environment, PORT: String(port) },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + startTimeoutMs;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${name} did not start:\n${readFileSync(logPath, 'utf8').slice(-keptLogLength)}`);
    }
    await delay(50);
  }
  return {
    url,
    child,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}
