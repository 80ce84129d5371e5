import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

/** Options of the commands that start a stack. */
export interface StartOptions {
  readonly help: boolean;
  readonly once: boolean;
  readonly detach: boolean;
  readonly brokers: 1 | 3 | undefined;
  readonly instances: Readonly<Record<string, number>>;
}

/** Help text for the options of `up` and `start`. */
export const startOptionsHelp = `  --instances wallet=2   run a service as several processes on the same lanes (repeatable)
  --brokers 1|3          number of Kafka brokers; fixed when the data is created
  --help                 this text

Environment
  TOKENGRID_HOME         home of data, logs and run.json (default: .tokengrid in the repository)
  OPERATOR_API_KEY       the operator's key (default: generated once and kept in the home)
  IDENTITY_PORT, WALLET_PORT, APP_REGISTRY_PORT, METERING_PORT, SETTLEMENT_PORT, GATEWAY_PORT, POSTGRES_PORT, KAFKA_PORT
  KAFKA_BROKERS          use this Kafka instead of the embedded one (host:port,…)
  DATABASE_URL           use this Postgres server instead; each service gets a database of its own on it
  DATABASE_URL_WALLET …  use this database for one service`;

/**
 * Parses the options of `up` and `start`; `allowed` are those of only one of the two. Throws with a
 * sentence for the user.
 */
export function parseStartOptions(args: readonly string[], allowed: 'once' | 'detach'): StartOptions {
  const values = parse(args, {
    help: { type: 'boolean', default: false },
    [allowed]: { type: 'boolean', default: false },
    brokers: { type: 'string' },
    instances: { type: 'string', multiple: true, default: [] },
  });
  const brokers = values['brokers'];
  if (brokers !== undefined && brokers !== '1' && brokers !== '3')
    throw new Error(`--brokers must be 1 or 3, not "${String(brokers)}".`);
  return {
    help: values['help'] === true,
    once: values['once'] === true,
    detach: values['detach'] === true,
    brokers: brokers === undefined ? undefined : brokers === '1' ? 1 : 3,
    instances: parseInstances(values['instances'] as string[]),
  };
}

/** Parses the options of `down` and `reset`. Throws with a sentence for the user. */
export function parseFlags<Flag extends string>(
  args: readonly string[],
  flags: readonly Flag[],
): Record<Flag, boolean> {
  const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'boolean' as const, default: false }]));
  return parse(args, options) as Record<Flag, boolean>;
}

const mostInstances = 16;

function parseInstances(entries: readonly string[]): Record<string, number> {
  const instances: Record<string, number> = {};
  for (const entry of entries.flatMap((list) => list.split(','))) {
    const [, service, count] = /^([a-z-]+)=(\d{1,2})$/.exec(entry) ?? [];
    const number = Number(count);
    if (service === undefined || number < 1 || number > mostInstances) {
      throw new Error(`--instances takes <service>=<1 to ${mostInstances}>, like wallet=2, not "${entry}".`);
    }
    instances[service] = number;
  }
  return instances;
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

function parse(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>): Values {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message.split('. To specify')[0]} (see --help)`, {
      cause: error,
    });
  }
}
