import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { homePaths, resolveHome, writeAtomically } from './home.ts';
import { lockHolder } from './supervisor-lock.ts';

const urls = z.record(z.string(), z.string());

const runFileSchema = z.object({
  operatorApiKey: z.string(),
  /** Value of `EVENT_SEAL_KEYS`; absent if events are not sealed. */
  eventSealKeys: z.string().optional(),
  /** Address of each service, `http://127.0.0.1:8081`: that of its first instance. */
  services: urls,
  /** All addresses of services with several instances. */
  instances: z.record(z.string(), z.array(z.string())),
  /** Address of the payment sandbox, if it runs. */
  paymentSandbox: z.string().optional(),
  /** Addresses of the model servers for development, if they run. */
  modelServers: z.array(z.string()).optional(),
  kafka: z.object({ brokers: z.array(z.string()) }),
  /**
   * The database of each service, and of identity's key store (`identity-keys`): `postgres://…`.
   */
  postgres: urls,
  /** Pids of the processes themselves: node, the JVMs, the postmaster. */
  processes: z.record(z.string(), z.array(z.number())),
  supervisor: z.number(),
  /** RFC 3339. */
  startedAt: z.string(),
});

/**
 * A running stack as others find it: `run.json` in its home, present while all of it is ready or
 * being restarted.
 */
export type RunFile = z.infer<typeof runFileSchema>;

/**
 * Running stack of a home (the default one if absent). Throws with instructions without one; the
 * file of a killed supervisor does not count.
 */
export function readRunFile(given?: string): RunFile {
  const home = resolveHome(given);
  let content: string;
  try {
    content = readFileSync(homePaths(home).runFile, 'utf8');
  } catch (error) {
    throw new Error(notRunning(home), { cause: error });
  }
  const run = runFileSchema.parse(JSON.parse(content));
  if (lockHolder(home)?.pid !== run.supervisor) throw new Error(notRunning(home));
  return run;
}

function notRunning(home: string): string {
  return `No stack is running in ${home}. Start one with \`npm run up\`.`;
}

export function writeRunFile(home: string, run: RunFile): void {
  writeAtomically(homePaths(home).runFile, `${JSON.stringify(run, null, 2)}\n`);
}

export function removeRunFile(home: string): void {
  rmSync(homePaths(home).runFile, { force: true });
}
