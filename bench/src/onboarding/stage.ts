import type { Kafka, Postgres } from '@tokengrid/infra-local';
import type { ProcessGroups } from '../stack/cpu-time.ts';
import { onServiceStack } from '../stack/service-stack.ts';

const lanes = 6;
const names = ['identity', 'wallet', 'app-registry', 'metering', 'settlement', 'gateway'] as const;

/** Kafka, Postgres and all services, as an operator has them. */
export interface Stage {
  readonly postgres: Postgres;
  readonly kafka: Kafka;
  /** Databases of the services, by which it is known what has arrived. */
  readonly databases: readonly string[];
  readonly identity: string;
  readonly operatorKey: string;
  readonly processes: ProcessGroups;
  stop(): Promise<void>;
}

/** Starts everything; stops what it had started if that fails. */
export function openStage(nodeArguments: readonly string[]): Promise<Stage> {
  return onServiceStack(async ({ postgres, kafka, operatorKey, stop, start }) => {
    const processes: Record<string, readonly number[]> = {};
    let identity = '';
    for (const name of names) {
      const { url, child } = await start({ name, nodeArguments, environment: { LANES: String(lanes) } });
      processes[name] = [child.pid!];
      if (name === 'identity') identity = url;
    }
    return {
      ...{ postgres, kafka, operatorKey, identity, stop },
      databases: names.map((name) => name.replaceAll('-', '_')),
      processes: { ...processes, Postgres: postgres.pids(), Kafka: kafka.pids() },
    };
  });
}
