import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kafka, type Postgres, startKafka, startPostgres } from '@tokengrid/infra-local';
import { freePort } from './free-port.ts';
import { type ServiceProcess, type ServiceSettings, startService } from './service-process.ts';

/** A secret of one run. */
export const secret = () => randomBytes(24).toString('hex');

/** What a bench says of a service that it starts; the rest is the same for all. */
interface Started extends Pick<ServiceSettings, 'name' | 'nodeArguments'> {
  /** Variables beside those of the stack. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A free one, unless said. */
  readonly port?: number;
}

/** A Kafka and a Postgres of one run, and services on them. */
export interface ServiceStack {
  readonly home: string;
  readonly postgres: Postgres;
  readonly kafka: Kafka;
  readonly operatorKey: string;
  start(service: Started): Promise<ServiceProcess>;
  /** Stops all that was started, the last first, and deletes its data. */
  stop(): Promise<void>;
}

/**
 * Opens what a bench runs on, out of a Kafka and a Postgres of its own.
 * @param open starts services and prepares them; all is stopped again if it fails
 */
export async function onServiceStack<Opened>(open: (stack: ServiceStack) => Promise<Opened>): Promise<Opened> {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-bench-'));
  const stops: (() => Promise<void>)[] = [() => rm(home, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const [postgres, kafka] = await Promise.all([startPostgres({ home }), startKafka({ home })]);
    stops.push(
      () => kafka.stop(),
      () => postgres.stop(),
    );
    const [operatorKey, inputHashKey] = [secret(), secret()];
    const own: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      identity: {
        IDENTITY_KEYS_DATABASE_URL: postgres.url('identity_keys'),
        IDENTITY_MASTER_KEY: randomBytes(32).toString('base64url'),
      },
      gateway: { GATEWAY_MASTER_KEY: randomBytes(32).toString('base64url') },
      wallet: { RECEIPT_SIGNING_KEY: randomBytes(32).toString('base64url') },
    };
    const start = async ({ name, environment, port, nodeArguments }: Started): Promise<ServiceProcess> => {
      const service = await startService({
        ...{ name, home, port: port ?? (await freePort()), ...(nodeArguments && { nodeArguments }) },
        environment: {
          DATABASE_URL: postgres.url(name.replaceAll('-', '_')),
          KAFKA_BROKERS: kafka.brokers.join(','),
          OPERATOR_API_KEY: operatorKey,
          INPUT_HASH_KEY: inputHashKey,
          DRAIN_MS: '0',
          LOG_FORMAT: 'json',
          // On a busy machine figures get low instead of missing: an answer before both stores have
          // the events would not count.
          ANSWER_TIMEOUT_MS: '60000',
          ...own[name],
          ...environment,
        },
      });
      stops.push(() => service.stop());
      return service;
    };
    return await open({ home, postgres, kafka, operatorKey, start, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}
