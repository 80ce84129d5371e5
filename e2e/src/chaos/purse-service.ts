import {
  defaultSubscriberLimits,
  EventBusServer,
  KafkaLog,
  type PolicyDefinition,
  type Reaction,
  type SubscriberObserver,
  type TailingLog,
} from '@tokengrid/event-bus';
import {
  type EventStoreLimits,
  laneConnections,
  type LanedEventStore,
  openPostgresEventStore,
  type Outcome,
} from '@tokengrid/event-store';
import type { Catalogue } from '@tokengrid/contracts';
import type { Decide, Recorded } from '@tokengrid/kernel';
import pg from 'pg';
import {
  catalogueOf,
  deposit,
  type Purse,
  purse,
  type PurseEvent,
  receive,
  type Release,
  send,
  statedBy,
} from './purse-domain.ts';
import { purseBalances, purseTotals } from './purse-projections.ts';

/** A client's command in the scenarios, with an id of its choice. */
export interface PurseCommand {
  readonly id: string;
  readonly purseId: string;
  readonly tokens: bigint;
  /** Receiver; a deposit without one. */
  readonly toPurse: string | undefined;
}

export interface PurseServiceOptions {
  readonly service: string;
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
  readonly replicationFactor: number;
  readonly lanes: number;
  readonly limits?: Partial<EventStoreLimits> | undefined;
  readonly subscriberObserver?: SubscriberObserver;
  /** Wraps the log. */
  readonly around?: (log: TailingLog) => TailingLog;
  /** Called with the pool before its first connection. */
  readonly prepare?: (pool: pg.Pool) => void;
  /** Release whose events it states and its subscribers know; `old` by default. */
  readonly writes?: Release | undefined;
  readonly reads?: Release | undefined;
  /** A purse for whose transfers the policy fails. */
  readonly policyFailsFor?: string | undefined;
}

/** Name of the policy that completes transfers. */
export const policyName = 'when-sent-receive';

/**
 * One process of the service: store, policy, and a projection that reads the topic as a foreign
 * one.
 */
export class PurseService {
  private constructor(
    readonly store: LanedEventStore<PurseEvent, undefined>,
    readonly bus: EventBusServer,
    readonly pool: pg.Pool,
    readonly log: TailingLog,
    /** The name under which it holds leases. */
    readonly holder: string,
    private readonly release: Release,
  ) {}

  static async open(options: PurseServiceOptions): Promise<PurseService> {
    const { service, databaseUrl, brokers, replicationFactor, lanes, limits } = options;
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 12, ...laneConnections });
    pool.on('error', () => undefined);
    options.prepare?.(pool);
    const kafka = new KafkaLog({ brokers, clientId: `chaos-${process.pid}` });
    const log = options.around?.(kafka) ?? kafka;
    const opened = await openPostgresEventStore<PurseEvent>({
      pool,
      log,
      catalogue: catalogueOf(service, options.writes ?? 'old'),
      projections: [purseBalances],
      topic: { lanes, replicationFactor },
      ...(limits && { limits }),
    });
    const from = catalogueOf(service, options.reads ?? 'old');
    const bus = new EventBusServer({
      log,
      pool,
      leases: opened.leases,
      published: (lane, sequence) => opened.store.published(lane, sequence),
      declareLeases: (names) => opened.leaseTable.declare(names),
      projections: [{ from, projection: purseTotals } as never],
      limits: { ...defaultSubscriberLimits, maxWaitMs: 250, attendEveryMs: 100, maxRetryDelayMs: 500 },
      observer: options.subscriberObserver ?? {},
      topicRetryMs: 100,
    });
    const purses = new PurseService(opened.store, bus, pool, log, opened.leases.holder, options.writes ?? 'old');
    purses.addPolicy(from, options.policyFailsFor);
    await new Promise<void>((resolve, reject) => bus.listen((error) => (error ? reject(error as Error) : resolve())));
    return purses;
  }

  private addPolicy(from: Catalogue<PurseEvent>, failsFor: string | undefined): void {
    const definition: PolicyDefinition<PurseEvent, 'Sent'> = { name: policyName, from, on: ['Sent'] };
    const react = async (event: Extract<Recorded<PurseEvent>, { type: 'Sent' }>, reaction: Reaction) => {
      const { toPurse, tokens } = event.data;
      if (toPurse === failsFor) throw new Error(`the policy has a bug with ${toPurse}`);
      return this.store.streams(purse).handle(receive, reaction.to(toPurse, { purseId: toPurse, tokens }));
    };
    this.bus.addHandler(policyName, react as never, true, { definition });
  }

  submit({ id, purseId, tokens, toPurse }: PurseCommand): Promise<Outcome<PurseEvent>> {
    const purses = this.store.streams(purse);
    const command = { id, streamId: purseId, correlationId: id, actor: 'spec' };
    return toPurse === undefined
      ? purses.handle(this.released(deposit), { ...command, data: { purseId, tokens } })
      : purses.handle(this.released(send), { ...command, data: { purseId, tokens, toPurse } });
  }

  /** A decision in this process' release. */
  private released<Data extends { readonly purseId: string }>(decide: Decide<Purse, Data, PurseEvent, undefined>) {
    const released: typeof decide = (state, data, context) =>
      statedBy(this.release, data.purseId, decide(state, data, context) as readonly PurseEvent[]);
    return released;
  }

  /** Reasons why the store or a subscriber stands still, a sentence each. */
  problems(): readonly string[] {
    return [...this.store.problems(), ...this.bus.problems()];
  }

  async close(): Promise<void> {
    await this.bus.close();
    await this.store.close();
    await this.log.close();
    await this.pool.end();
  }
}
