/**
 * The watchdog: a process in a session of its own that outlives its supervisor by seconds. The
 * supervisor reports started processes (`+ <record as JSON>`) and ended ones (`- <pid>`) over a
 * pipe; when the pipe closes, for any reason, everything still listed is ended. This works for
 * node, the JVM and the postmaster alike, without native code.
 */
import { createInterface } from 'node:readline';
import { endProcesses } from './process-identity.ts';
import type { ProcessRecord } from './process-identity.ts';

const graceMs = 3000;
const running = new Map<number, ProcessRecord>();

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('+ ')) {
    const record = JSON.parse(line.slice(2)) as ProcessRecord;
    running.set(record.pid, record);
  } else if (line.startsWith('- ')) {
    running.delete(Number(line.slice(2)));
  }
}
await endProcesses([...running.values()], graceMs);
