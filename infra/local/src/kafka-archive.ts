import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countBrokers } from './kafka-probe.ts';
import { serverProperties } from './kafka-properties.ts';
import {
  javaProgram,
  javaVersion,
  kafkaClassPath,
  kafkaJars,
  kafkaSoftware,
  log4jConfiguration,
} from './kafka-software.ts';
import { formatStorage } from './kafka-storage.ts';
import { Ports } from './ports.ts';
import { startTimeOf } from './process-identity.ts';
import { guard, unguard } from './watchdog.ts';

const startTimeoutMs = 60_000;

/**
 * JVM flags of every broker. The archive below only fits the collector it was made with. The second
 * compiler (C2) would take more of two cores for the first minute than the broker itself, without a
 * benefit at this load.
 */
export const brokerJvmFlags: readonly string[] = [
  '-Xms512m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  // Performance counters without readers, otherwise renewed twenty times a second.
  '-XX:-UsePerfData',
  '-Xlog:disable',
  '-Xlog:all=error:stderr',
  `-Dlog4j2.configurationFile=${log4jConfiguration}`,
];

/**
 * The JVM's archive of the broker's loaded classes (AppCDS), for this java and these jars. With it
 * a broker starts with 0.8 s of CPU time instead of 1.4, which keeps a restart under 3 s on a busy
 * machine.
 */
export function classArchive(): string {
  const fit = createHash('sha256').update(javaVersion());
  // The JVM silently ignores an archive if a jar has another size or time than at its creation.
  for (const jar of kafkaJars()) {
    const { size, mtimeMs } = statSync(jar);
    fit.update(`${jar} ${size} ${mtimeMs}`);
  }
  return join(kafkaSoftware, `classes-${fit.digest('hex').slice(0, 12)}.jsa`);
}

/**
 * Creates the archive if it is missing, by running a broker on its own data for a moment. Takes
 * about 7 s.
 */
export async function createClassArchive(): Promise<void> {
  const archive = classArchive();
  if (existsSync(archive)) return;
  const folder = mkdtempSync(join(tmpdir(), 'tokengrid-kafka-'));
  const ports = new Ports();
  try {
    const [port, controllerPort] = [await ports.claimAny(), await ports.claimAny()];
    const node = { id: 1, port, controllerPort, dataDirectory: join(folder, 'data') };
    const properties = join(folder, 'server.properties');
    writeFileSync(properties, serverProperties(node, [node]));
    await formatStorage({ clusterId: 'AAAAAAAAAAAAAAAAAAAAAA', brokers: 1 }, node.dataDirectory, properties);
    const partial = join(kafkaSoftware, `classes-${process.pid}.partial`);
    await runOnce(
      [...brokerJvmFlags, `-XX:ArchiveClassesAtExit=${partial}`, '-cp', kafkaClassPath(), 'kafka.Kafka', properties],
      port,
    );
    renameSync(partial, archive);
  } finally {
    ports.release();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a broker until it is ready, and stops it. */
async function runOnce(args: readonly string[], port: number): Promise<void> {
  const child = spawn(javaProgram(), args, { detached: true, stdio: 'ignore' });
  const ended = new Promise<void>((resolve, reject) => child.once('error', reject).once('exit', () => resolve()));
  const pid = child.pid;
  if (pid !== undefined) guard({ name: 'kafka', pid, startedAt: startTimeOf(pid) ?? 'gone', endSignal: 'SIGKILL' });
  let running = true;
  void ended.finally(() => (running = false)).catch(() => undefined);
  const deadline = Date.now() + startTimeoutMs;
  while (running && Date.now() < deadline && (await countBrokers(port)) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGTERM');
  await ended;
  if (pid !== undefined) unguard(pid);
}
