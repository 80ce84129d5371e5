import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { homePaths, resolveHome, writeAtomically } from './home.ts';
import { lockHolder } from './supervisor-lock.ts';

const urls = z.record(z.string(), z.string());

const runFileSchema = z.object({
  operatorApiKey: z.string(),
  /** As `EVENT_SEAL_KEYS` has them; absent where events are not sealed. */
  eventSealKeys: z.string().optional(),
  /** Each service's address, `http://127.0.0.1:8081`; its first instance's. */
  services: urls,
  /** All addresses of services that run more than once. */
  instances: z.record(z.string(), z.array(z.string())),
  /** Where the payment sandbox listens, if it runs. */
  paymentSandbox: z.string().optional(),
  kafka: z.object({ brokers: z.array(z.string()) }),
  /** The database of each service, and of identity's key store (`identity-keys`): `postgres://…`. */
  postgres: urls,
  /** Pids of the processes themselves: node, the JVMs, the postmaster. */
  processes: z.record(z.string(), z.array(z.number())),
  supervisor: z.number(),
  /** RFC 3339. */
  startedAt: z.string(),
});

/** A running stack as others find it: `run.json` in its home, there while all of it is ready or being brought back. */
export type RunFile = z.infer<typeof runFileSchema>;

/**
 * The running stack of a home (the default one if not given). Throws, saying what to do, if none runs; a file that a
 * killed supervisor left does not count.
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
