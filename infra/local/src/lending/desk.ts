import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Kafka, startKafka } from '../kafka.ts';
import { type Postgres, startPostgres } from '../postgres.ts';
import type { Loan, Wanted } from './loan.ts';

/** Lends servers to the specs of one run, so that not each file has to start its own. */
export interface LendingDesk {
  /** Its address, for borrowers in the variable {@link deskVariable}. */
  readonly address: string;
  /** Stops all servers. */
  close(): Promise<void>;
}

export interface LendingOptions {
  /** A folder for the servers' data. */
  readonly home: string;
  /** Deletes all topics of a Kafka that was given back. */
  readonly empty: (brokers: readonly string[]) => Promise<void>;
}

/**
 * Opens a desk. Its one Postgres is lent to any number of specs, to each under names of databases
 * that no other has; a Kafka, whose topics have fixed names, to one at a time, empty. Servers start
 * when they are first asked for.
 */
export async function openLendingDesk({ home, empty }: LendingOptions): Promise<LendingDesk> {
  const servers = new Servers(home, empty);
  const open = new Set<Socket>();
  const desk = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    void servers.serve(socket);
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  const address = desk.address();
  if (address === null || typeof address === 'string') throw new Error('the lending desk has no port');
  return {
    address: String(address.port),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => desk.close(resolve));
      await servers.stop();
    },
  };
}

class Servers {
  private postgres: Promise<Postgres> | undefined;
  private readonly kafkas: Kafka[] = [];
  private readonly free: Kafka[] = [];
  private loans = 0;

  constructor(
    private readonly home: string,
    private readonly empty: LendingOptions['empty'],
  ) {}

  /** Serves a borrower until its connection ends, in any way. */
  async serve(socket: Socket): Promise<void> {
    const returned = new Promise((resolve) => socket.on('end', resolve).on('close', resolve).on('error', resolve));
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const { value: wanted } = (await lines.next()) as { value: Wanted | undefined };
    const tell = (loan: Loan) => void socket.write(`${JSON.stringify(loan)}\n`);
    try {
      await (wanted === 'kafka' ? this.lendKafka(tell, returned) : this.lendPostgres(tell, returned));
    } catch (error) {
      tell({ failed: String(error) });
    }
    socket.end();
  }

  async stop(): Promise<void> {
    const postgres = await this.postgres?.catch(() => undefined);
    await Promise.allSettled([postgres?.stop(), ...this.kafkas.map((kafka) => kafka.stop())]);
  }

  private async lendPostgres(tell: (loan: Loan) => void, returned: Promise<unknown>): Promise<void> {
    const home = join(this.home, 'lent-postgres');
    this.postgres ??= startPostgres({ home, databases: [], isThrowaway: true });
    const server = await this.postgres;
    tell({ postgres: server.url('postgres'), prefix: `spec${++this.loans}_` });
    await returned;
  }

  private async lendKafka(tell: (loan: Loan) => void, returned: Promise<unknown>): Promise<void> {
    const kafka = this.free.pop() ?? (await this.startKafka());
    tell({ brokers: kafka.brokers });
    await returned;
    try {
      await this.empty(kafka.brokers);
      this.free.push(kafka);
    } catch {
      // A Kafka with leftovers must not be lent again.
      await kafka.stop();
    }
  }

  private async startKafka(): Promise<Kafka> {
    const kafka = await startKafka({ home: join(this.home, `lent-kafka-${++this.loans}`) });
    this.kafkas.push(kafka);
    return kafka;
  }
}
