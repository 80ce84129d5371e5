import type { Catalogue } from '@tokengrid/contracts';
import { KafkaLog } from '@tokengrid/event-bus';
import { createEventStoreTables } from '@tokengrid/event-store';
import pg from 'pg';
import { eventually } from './eventually.ts';
import type { Fault } from './fault-points.ts';
import { Load, type LoadOptions } from './load.ts';
import type { Answer, PurseProcessConfig, Request } from './messages.ts';
import { ProcessHandle } from './process-handle.ts';
import { purseCatalogue } from './purse-domain.ts';
import { createProjectionTables } from './purse-projections.ts';
import { Random, seed } from './random.ts';
import type { Servers } from './servers.ts';

/** Opens a scenario that is closed when its test ends. */
export type OpenScenario = (service: string) => Promise<Scenario>;

/** Service of one scenario: a database and a topic of its own, and its processes. */
export class Scenario {
  readonly random = new Random(seed);
  readonly processes: ProcessHandle[] = [];
  /** The events that the topic holds. */
  catalogue: Catalogue;
  private readonly started: ProcessHandle[] = [];
  private readonly loads: Load[] = [];

  private constructor(
    readonly config: PurseProcessConfig,
    readonly pool: pg.Pool,
    readonly log: KafkaLog,
  ) {
    this.catalogue = purseCatalogue(config.service) as unknown as Catalogue;
  }

  static async open(service: string, { postgres, kafka }: Servers): Promise<Scenario> {
    const database = service.replaceAll('-', '_');
    await postgres.ensureDatabase(database);
    const pool = new pg.Pool({ connectionString: postgres.url(database), max: 6 });
    pool.on('error', () => undefined);
    await createEventStoreTables(pool);
    await pool.query(createProjectionTables);
    const log = new KafkaLog({ brokers: kafka.brokers, clientId: 'chaos-test' });
    const { brokers } = kafka;
    const databaseUrl = postgres.url(database);
    const config = { service, databaseUrl, brokers, replicationFactor: brokers.length, lanes: 4 };
    return new Scenario(config, pool, log);
  }

  /** Starts a process, in the place of a dead one if `place` is given. */
  async start(more: Partial<PurseProcessConfig> = {}, place = this.processes.length): Promise<ProcessHandle> {
    const process = await ProcessHandle.start({ ...this.config, ...more });
    this.started.push(process);
    this.processes[place] = process;
    return process;
  }

  /**
   * Tells all processes to kill themselves at a point, waits until one has, and starts another one
   * in its place. The holder of the leases at that moment is hit.
   */
  async killOneAt(fault: Omit<Fault, 'signal'>): Promise<void> {
    await this.askAll({ kind: 'arm', fault: { ...fault, signal: 'SIGKILL' } });
    const dead = () => this.processes.filter(({ isAlive }) => !isAlive);
    await eventually(`a process has killed itself: ${JSON.stringify(fault)}`, () => dead().length > 0);
    await this.askAll({ kind: 'disarm' });
    await Promise.all(dead().map((process) => this.start({}, this.processes.indexOf(process))));
  }

  /** Tells all processes to freeze at a point, waits until one has, and returns it. */
  async freezeOneAt(fault: Omit<Fault, 'signal'>): Promise<ProcessHandle> {
    await this.askAll({ kind: 'arm', fault: { ...fault, signal: 'SIGSTOP' } });
    const frozen = () => this.processes.filter(({ isFrozen }) => isFrozen);
    await eventually(`a process has frozen: ${JSON.stringify(fault)}`, () => frozen().length > 0);
    const [first] = frozen();
    const others = this.processes.filter((process) => process !== first);
    let disarmed = false;
    void Promise.all(others.map((process) => process.ask({ kind: 'disarm' }))).then(() => (disarmed = true));
    await eventually('the others are disarmed', () => {
      // Another one may come to the same point until it hears of it, also after it was resumed.
      for (const process of others) if (process.isFrozen) process.signal('SIGCONT');
      return disarmed;
    });
    return first!;
  }

  private askAll(request: Request): Promise<readonly Answer[]> {
    return Promise.all(this.processes.map((process) => process.ask(request)));
  }

  load({ clients = 8, patienceMs = 10_000, passing = [] }: Partial<LoadOptions> = {}): Load {
    const load = new Load(() => this.processes, this.random, { clients, patienceMs, passing });
    this.loads.push(load);
    return load;
  }

  /** All lanes. */
  get lanes(): readonly number[] {
    return Array.from({ length: this.config.lanes }, (_, lane) => lane);
  }

  /** The process that publishes some lane, with all lanes that it publishes. */
  async publisher(): Promise<{ readonly process: ProcessHandle; readonly lanes: readonly number[] }> {
    let process: ProcessHandle | undefined;
    let lanes: readonly number[] = [];
    await eventually('a living process publishes a lane', async () => {
      const { rows } = await this.pool.query<{ name: string; holder: string }>(
        "select name, holder from leases where name like 'relay/%'",
      );
      process = this.processes.find((each) => each.isAlive && rows.some(({ holder }) => holder === each.holder));
      lanes = rows.filter(({ holder }) => holder === process?.holder).map(({ name }) => Number(name.split('/')[1]));
      return process !== undefined;
    });
    return { process: process!, lanes };
  }

  /** Leaves no process behind. */
  async close(): Promise<void> {
    const ending = this.loads.map((load) => load.abandon());
    await Promise.all(this.started.map((process) => process.kill()));
    await Promise.all(ending);
    await this.log.close();
    await this.pool.end();
  }
}
