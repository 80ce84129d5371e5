import type { Type } from '@nestjs/common';
import type { Logger } from 'pino';
import type { BaseConfig, ConfigSchema } from './config/base-config.ts';
import { configHelp, InvalidConfig, readConfig } from './config/read-config.ts';
import { openLog } from './log/log.ts';
import type { OpenParts } from './parts.ts';
import { openPostgresAndKafka } from './postgres-and-kafka.ts';
import type { RunningService } from './run-service.ts';
import { runService } from './run-service.ts';

/** Inputs of a service's `main.ts`. */
export interface ServiceOptions<Config extends BaseConfig> {
  readonly name: string;
  /** The service's own module; imports `ServiceModule.with(…)`. */
  readonly module: Type;
  /** `baseConfig`, extended. */
  readonly config: ConfigSchema<Config>;
  /** Postgres and Kafka by default. */
  readonly openParts?: OpenParts;
}

/** EX_CONFIG of BSD: a supervisor should not retry before the configuration changes. */
const invalidConfigExitCode = 78;
/** Time for closing the store and the database, beyond `drainMs` and `shutdownTimeoutMs`. */
const closeGraceMs = 10_000;

/**
 * Runs a service's whole process: reads the config from the environment, runs the service, ends it
 * on SIGTERM or SIGINT (exit code 0; a second signal ends it at once). `--help` prints the
 * variables.
 */
export async function startService<Config extends BaseConfig>(options: ServiceOptions<Config>): Promise<void> {
  const { name, module, openParts = openPostgresAndKafka } = options;
  if (process.argv.includes('--help')) {
    process.stdout.write(`${name} is configured by environment variables:\n\n${configHelp(options.config)}\n`);
    return;
  }
  const config = configOrExit(name, options.config);
  const log = openLog({
    service: name,
    instance: config.serviceInstance,
    level: config.logLevel,
    format: config.logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json'),
  });
  // A signal during start-up ends the service, too.
  const starting = runService({ name, module, config, log, openParts });
  endOnSignals(starting, log, config.drainMs + config.shutdownTimeoutMs + closeGraceMs);
  try {
    const { url } = await starting;
    log.info(`${name} listens at ${url}`);
  } catch (error) {
    log.fatal({ err: error }, `${name} could not start: ${(error as Error).message}`);
    log.flush();
    process.exitCode = 1;
    setImmediate(() => process.exit());
  }
}

function configOrExit<Config extends BaseConfig>(name: string, schema: ConfigSchema<Config>): Config {
  try {
    return readConfig(schema);
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    return process.exit(invalidConfigExitCode);
  }
}

function endOnSignals(starting: Promise<RunningService>, log: Logger, mostMs: number): void {
  let ending = false;
  const end = (signal: NodeJS.Signals) => {
    if (ending) process.exit(1);
    ending = true;
    log.info(`${signal}: finishing running requests`);
    setTimeout(() => process.exit(1), mostMs).unref();
    void starting
      .then((service) => service.close())
      .then(
        () => exit(log, 0),
        (error: unknown) => {
          log.error({ err: error }, 'unclean shutdown');
          exit(log, 1);
        },
      );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

function exit(log: Logger, code: number): void {
  log.flush(() => process.exit(code));
}
