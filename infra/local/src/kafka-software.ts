import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './home.ts';

/**
 * Folder of Kafka's jars, fetched by Maven. They are software, not data: all homes of this clone
 * share them.
 */
export const kafkaSoftware = join(repositoryRoot, 'node_modules', '.cache', 'tokengrid', 'kafka');

export const log4jConfiguration = join(repositoryRoot, 'infra', 'local', 'kafka', 'log4j2.properties');

/** Path of java: from `JAVA_HOME`, else from PATH. */
export function javaProgram(): string {
  const home = process.env['JAVA_HOME'];
  return home ? join(home, 'bin', 'java') : 'java';
}

/** Version line of that java. Throws with instructions without one. */
export function javaVersion(): string {
  try {
    return execFileSync(javaProgram(), ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch (error) {
    throw new Error(
      `The embedded Kafka needs Java 17 or newer, and \`${javaProgram()}\` does not run. Install it (Debian: apt-get install ` +
        'openjdk-17-jre-headless; macOS: brew install openjdk@17), or set KAFKA_BROKERS to use a Kafka of your own.',
      { cause: error },
    );
  }
}

/** Kafka's jars, sorted. Throws with instructions without them. */
export function kafkaJars(): string[] {
  const libs = join(kafkaSoftware, 'libs');
  const jars = existsSync(libs) ? readdirSync(libs).filter((name) => name.endsWith('.jar')) : [];
  if (jars.length > 0) return jars.sort().map((name) => join(libs, name));
  throw new Error(
    "Kafka's jars are missing. Run `node infra/local/bootstrap.mjs prepare`, which fetches them with Maven.",
  );
}

/** Class path in a fixed order: an archive of classes only fits the exact path it was made with. */
export function kafkaClassPath(): string {
  return kafkaJars().join(':');
}
