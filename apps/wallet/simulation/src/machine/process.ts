import { walletCatalogue, type WalletEvent } from '@tokengrid/contracts';
import {
  type Command,
  ComparedClock,
  defaultLeaseTerms,
  defaultLimits,
  EventStore,
  type InMemoryLeases,
  type InMemoryLog,
  type InMemoryStorage,
  LanedEventStore,
  LeaseKeeper,
  type LeaseTable,
  type Outcome,
  type Streams,
  type SoughtCommand,
} from '@tokengrid/event-store';
import type { Aggregate, Decide } from '@tokengrid/kernel';
import { calendarOf } from '@tokengrid/service';
import type { Dice } from '@tokengrid/simulation-kit';
import { CapacityStream } from '@tokengrid/wallet/streams/capacity';
import { expireTokens } from '@tokengrid/wallet/decisions/wallets/expire-tokens';
import { NothingDue } from '@tokengrid/wallet/decisions/rules/due';
import { type MarketPolicies, marketPolicies, openMarket } from '@tokengrid/wallet/decisions/state/market-policies';
import { type WalletLane, walletLane } from '@tokengrid/wallet/decisions/state/wallet-lane';
import type { MarketPolicyInForce } from '@tokengrid/wallet/projections/market-policy-in-force';
import type { TokenPrices } from '@tokengrid/wallet/projections/token-prices';
import { Deciding } from '@tokengrid/wallet/flows/deciding';
import { FeesStream } from '@tokengrid/wallet/streams/fees';
import { Issuing } from '@tokengrid/wallet/flows/issuing';
import { Lanes } from '@tokengrid/wallet/streams/lanes';
import { WhenCapacityDeclaredReturnCapacity } from '@tokengrid/wallet/policies/when-capacity-declared-return-capacity';
import { WhenCapacityGrantedReceiveCapacity } from '@tokengrid/wallet/policies/when-capacity-granted-receive-capacity';
import { WhenCapacityReturnedOrCapacityFreedReclaimCapacity } from '@tokengrid/wallet/policies/when-capacity-returned-or-capacity-freed-reclaim-capacity';
import { TokenPriceStream } from '@tokengrid/wallet/streams/token-prices';
import { Wallets } from '@tokengrid/wallet/streams/wallets';
import type { Checker } from '../checks/checker.ts';
import { Lifeline, ProcessDied } from '../clients/lifeline.ts';
import { KnownPolicy, KnownPrice, KnownPurchases } from '../clients/look-ups.ts';
import { SimulatedLog } from './log.ts';
import { type Faults, SimulatedStorage } from './storage.ts';

/** Parts shared by processes, which outlive them. */
export interface Infrastructure {
  readonly storage: InMemoryStorage;
  readonly log: InMemoryLog;
  readonly leases: InMemoryLeases;
  readonly checker: Checker;
  readonly faults: Faults;
  /** Number of published events by lane. */
  readonly publishedUpTo: number[];
}

/** Defaults of the configuration. */
/** Uses are not corrected here, do not wait, and give nothing back. */
const nothingCorrected = { soFar: () => Promise.reject(new Error('no use is corrected')) };
const capacityTerms = { capacityTimeoutMs: 4000, capacityRetryMs: 50 };

/** One process of the wallet: the service's own machinery over a failing storage and log. */
export class SimulatedProcess {
  readonly life = new Lifeline();
  readonly wallets: Wallets;
  readonly lanes: Lanes;
  readonly prices: TokenPriceStream;
  readonly market: Streams<MarketPolicies, WalletEvent, WalletLane>;
  readonly capacity: CapacityStream;
  readonly fees: FeesStream;
  readonly issuing: Issuing;
  /** Executes commands that bring all facts but capacity. */
  readonly deciding: Deciding;
  readonly capacityDeclared: WhenCapacityDeclaredReturnCapacity;
  readonly capacityGranted: WhenCapacityGrantedReceiveCapacity;
  readonly capacityReturned: WhenCapacityReturnedOrCapacityFreedReclaimCapacity;
  private readonly store: LanedEventStore<WalletEvent, WalletLane>;
  /** The store as policies see it: silent after the process' death. */
  readonly watched: Pick<EventStore<WalletEvent>, 'outcomeOf' | 'claim'>;
  private readonly keeper: LeaseKeeper;

  constructor(
    readonly name: string,
    shared: Infrastructure,
    /** The storage's clock; epoch milliseconds. */
    readonly now: () => number,
    dice: Dice,
  ) {
    const { storage, log, leases, checker, faults, publishedUpTo } = shared;
    const committed = checker.committed.bind(checker);
    const appended = (lane: number, upTo: number) => {
      publishedUpTo[lane] = Math.max(publishedUpTo[lane]!, upTo);
    };
    const laneDice = publishedUpTo.map(() => dice.another());
    // The process' own clock decides nothing and is never wrong here: a process with a wrong clock
    // takes no commands.
    const clock = new ComparedClock({ maxSkewMs: Number.POSITIVE_INFINITY });
    this.keeper = new LeaseKeeper(leasesOf(leases, this.life), name, defaultLeaseTerms, () => undefined, clock);
    this.store = new LanedEventStore<WalletEvent, WalletLane>({
      catalogue: walletCatalogue,
      system: walletLane,
      storage: new SimulatedStorage(storage, this.life, faults, committed, dice.once(3), dice.another()),
      log: new SimulatedLog(log, this.life, faults, appended, laneDice),
      leases: this.keeper,
      limits: limitsBy(dice),
      observer: {},
      calendar: calendarOf(checker.model.days.timeZone),
    });
    const watched = new WatchedStore(this.store, checker, this.life);
    this.watched = watched;
    this.wallets = new Wallets(watched);
    this.lanes = new Lanes(watched);
    this.prices = new TokenPriceStream(watched);
    this.market = watched.streams(marketPolicies);
    this.capacity = new CapacityStream(watched);
    this.fees = new FeesStream(watched);
    this.capacityDeclared = new WhenCapacityDeclaredReturnCapacity(this.lanes);
    this.capacityGranted = new WhenCapacityGrantedReceiveCapacity(this.lanes);
    this.capacityReturned = new WhenCapacityReturnedOrCapacityFreedReclaimCapacity(this.capacity);
    this.issuing = new Issuing(
      this.lanes,
      this.capacity,
      this.capacityDeclared,
      this.capacityGranted,
      this.capacityReturned,
      capacityTerms,
    );
    this.deciding = this.decidingWith(new KnownPrice(undefined), new KnownPolicy(openMarket));
  }

  /** Executes commands with facts that somebody knows. */
  decidingWith(prices: TokenPrices, market: MarketPolicyInForce): Deciding {
    return new Deciding(prices, market, new KnownPurchases(), this.issuing, nothingCorrected, nothingCorrected);
  }

  async start(): Promise<void> {
    await this.store.start();
    await this.keeper.start();
  }

  /** Ends everything that is due in a wallet, as the service's clock does. */
  clock(walletId: string, id: string): Promise<Outcome<WalletEvent>> {
    return this.wallets.handle(expireTokens, {
      id,
      streamId: walletId,
      data: {},
      correlationId: id,
      actor: 'simulation',
    });
  }

  /** Stops the timers of a dead process. Its leases run out, and its unfinished work is unknown. */
  bury(): void {
    // It never settles for a dead process; only its start matters.
    void this.close();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/** The leases as one process sees them: a dead process no longer renews them. */
function leasesOf(table: LeaseTable, life: Lifeline): LeaseTable {
  return {
    now: () => (life.ended ? life.never : table.now()),
    beat: (holder, ttlMs, wanted) => (life.ended ? life.never : table.beat(holder, ttlMs, wanted)),
    renew: (holder, ttlMs) => (life.ended ? life.never : table.renew(holder, ttlMs)),
    take: (holder, names, most) => (life.ended ? life.never : table.take(holder, names, most)),
    release: (holder, names) => (life.ended ? life.never : table.release(holder, names)),
    leave: (holder) => (life.ended ? life.never : table.leave(holder)),
  };
}

/** Small bounds, so that histories reach them often. */
function limitsBy(dice: Dice) {
  return {
    ...defaultLimits,
    maxBatchCommands: 1 + dice.roll(40),
    maxAppendEvents: 1 + dice.roll(20),
    maxHeldEvents: 1 + dice.roll(40),
    maxCachedStreams: 1 + dice.roll(8),
  };
}

/** The service's store, with a listener to decisions, and without answers from dead processes. */
class WatchedStore extends EventStore<WalletEvent, WalletLane> {
  readonly service: string;
  readonly lanes: number;

  constructor(
    private readonly store: LanedEventStore<WalletEvent, WalletLane>,
    private readonly checker: Checker,
    private readonly life: Lifeline,
  ) {
    super();
    this.service = store.service;
    this.lanes = store.lanes;
  }

  override streams<State>(aggregate: Aggregate<State, WalletEvent>): Streams<State, WalletEvent, WalletLane> {
    const streams = this.store.streams(aggregate);
    return {
      handle: (decide, command) => this.living(() => streams.handle(this.heard(decide, command), command)),
      load: (streamId) => this.living(() => streams.load(streamId)),
    };
  }

  private heard<State, Data>(
    decide: Decide<State, Data, WalletEvent, WalletLane>,
    { id, streamId }: Command<Data>,
  ): Decide<State, Data, WalletEvent, WalletLane> {
    return (state, data, context) => {
      this.checker.decides(id, { kind: decide.name, streamId, data });
      try {
        return decide(state, data, context);
      } catch (error) {
        if (error instanceof NothingDue) this.checker.foundNothing(decide.name, state, data);
        throw error;
      }
    };
  }

  private living<T>(ask: () => Promise<T>): Promise<T> {
    if (this.life.ended) return Promise.reject(new ProcessDied());
    return Promise.race([ask(), this.life.death]);
  }

  override outcomeOf(commandId: string, sought?: SoughtCommand): Promise<Outcome<WalletEvent> | undefined> {
    return this.living(() => this.store.outcomeOf(commandId, sought));
  }

  override claim(commandId: string, streamId: string): Promise<string> {
    return this.living(() => this.store.claim(commandId, streamId));
  }

  override known(commands: Parameters<EventStore['known']>[0]): Promise<ReadonlySet<string>> {
    return this.living(() => this.store.known(commands));
  }

  override eventsAfter(lane: number, sequence: number, limit: number) {
    return this.living(() => this.store.eventsAfter(lane, sequence, limit));
  }

  override sequenceAt(lane: number, time: number): Promise<number> {
    return this.living(() => this.store.sequenceAt(lane, time));
  }

  override get knownEvents(): number {
    return this.store.knownEvents;
  }

  override published(lane: number, sequence: number): Promise<void> {
    return this.living(() => this.store.published(lane, sequence));
  }

  override get behindBecause(): string | undefined {
    return this.store.behindBecause;
  }

  override doubt(maxAgeMs: number): Promise<string | undefined> {
    return this.store.doubt(maxAgeMs);
  }

  override lookAtLog(maxAgeMs: number): Promise<void> {
    return this.store.lookAtLog(maxAgeMs);
  }

  override warnings(): readonly string[] {
    return this.store.warnings();
  }

  override problems(): readonly string[] {
    return this.store.problems();
  }

  override close(): Promise<void> {
    return this.store.close();
  }
}
