import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kafka, type Postgres, startKafka, startPostgres } from '@tokengrid/infra-local';

/** A real Kafka and a real Postgres, to break. */
export interface Servers {
  readonly kafka: Kafka;
  readonly postgres: Postgres;
  stop(): Promise<void>;
}

export async function startServers(brokers: 1 | 3 = 1): Promise<Servers> {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-chaos-'));
  const [kafka, postgres] = await Promise.all([startKafka({ home, brokers }), startPostgres({ home })]);
  return {
    kafka,
    postgres,
    stop: async () => {
      await Promise.all([kafka.stop(), postgres.stop()]);
      await rm(home, { recursive: true, force: true });
    },
  };
}
