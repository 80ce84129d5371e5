import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './home.ts';

/** Kafka's jars, fetched by Maven. They are software, not data: every home of this clone uses the same. */
export const kafkaSoftware = join(repositoryRoot, 'node_modules', '.cache', 'tokengrid', 'kafka');

export const log4jConfiguration = join(repositoryRoot, 'infra', 'local', 'kafka', 'log4j2.properties');

/** The java to use: `JAVA_HOME`'s, else the one in the path. */
export function javaProgram(): string {
  const home = process.env['JAVA_HOME'];
  return home ? join(home, 'bin', 'java') : 'java';
}

/** The version line of that java. Throws, saying what to do, if there is none. */
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

/** Kafka's jars, sorted. Throws, saying what to do, if they are not there. */
export function kafkaJars(): string[] {
  const libs = join(kafkaSoftware, 'libs');
  const jars = existsSync(libs) ? readdirSync(libs).filter((name) => name.endsWith('.jar')) : [];
  if (jars.length > 0) return jars.sort().map((name) => join(libs, name));
  throw new Error(
    "Kafka's jars are missing. Run `node infra/local/bootstrap.mjs prepare`, which fetches them with Maven.",
  );
}

/** The class path, always in the same order: an archive of classes only fits the very path it was made with. */
export function kafkaClassPath(): string {
  return kafkaJars().join(':');
}
