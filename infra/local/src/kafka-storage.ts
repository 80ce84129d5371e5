import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { homePaths, writeAtomically } from './home.ts';
import { javaProgram, kafkaClassPath, log4jConfiguration } from './kafka-software.ts';

const clusterSchema = z.strictObject({
  /** Kafka's id of the cluster: 16 bytes, base64url. */
  clusterId: z.string(),
  brokers: z.union([z.literal(1), z.literal(3)]),
});

/** Settings of a home's Kafka, kept because neither can be changed without losing the topics. */
export type Cluster = z.infer<typeof clusterSchema>;

/**
 * Cluster of the home, decided on first use. Throws if it has another number of brokers than asked
 * for.
 */
export function readOrCreateCluster(home: string, brokers: 1 | 3 | undefined): Cluster {
  const path = join(homePaths(home).kafka, 'cluster.json');
  if (!existsSync(path)) {
    const cluster: Cluster = { clusterId: randomBytes(16).toString('base64url'), brokers: brokers ?? 1 };
    writeAtomically(path, `${JSON.stringify(cluster)}\n`);
    return cluster;
  }
  const cluster = clusterSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  if (brokers !== undefined && brokers !== cluster.brokers) {
    throw new Error(
      `The Kafka in ${home} was made with ${cluster.brokers} broker(s), not ${brokers}: that can't be changed. ` +
        '`npm run reset` starts over, or set TOKENGRID_HOME to another directory.',
    );
  }
  return cluster;
}

/**
 * Formats a node's data directory if needed. An interrupted format is repeated; a directory with
 * topics but without `meta.properties` is left alone, with an error.
 */
export async function formatStorage(cluster: Cluster, dataDirectory: string, propertiesFile: string): Promise<void> {
  if (existsSync(join(dataDirectory, 'meta.properties'))) return;
  if (existsSync(dataDirectory) && readdirSync(dataDirectory).some((name) => /-\d+$/.test(name))) {
    throw new Error(
      `${dataDirectory} holds topics but no meta.properties: it is damaged. Restore it, or \`npm run reset\`.`,
    );
  }
  rmSync(dataDirectory, { recursive: true, force: true });
  mkdirSync(dataDirectory, { recursive: true });
  const args = [
    '-Xmx128m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Dlog4j2.configurationFile=${log4jConfiguration}`,
  ];
  // With `=`: an id may begin with a dash.
  const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${cluster.clusterId}`, '--config', propertiesFile];
  const child = spawn(javaProgram(), [...args, '-cp', kafkaClassPath(), ...format], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0)
    throw new Error(`Kafka's storage could not be formatted (exit code ${String(code)}):\n${output.trim()}`);
}
