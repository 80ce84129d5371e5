import { firstPreviousHash, type StoredEvent } from '@tokengrid/contracts';
import { skippedStreamId } from '@tokengrid/kernel';
import type { ChainedEvent } from '../event-log.ts';
import { foldStream, skippedSequences } from '../fold-stream.ts';
import type { SetBy } from '../look-up.ts';
import { type Beat, type Lease, type LeaseTable, type Renewal, shareOf } from '../leases.ts';
import type {
  ChangedStream,
  FoundStream,
  CommandClaim,
  LaneBatch,
  LaneCommands,
  LaneHead,
  LaneStanding,
  LaneStorage,
  LaneTransaction,
  LockedLane,
  PublishedMark,
  StorageListener,
  StoredCommand,
  WantedStream,
} from '../storage.ts';
import { UnwritableBatch } from '../storage.ts';

interface LaneRows {
  head: LaneHead;
  readonly events: StoredEvent[];
  readonly commands: Map<string, StoredCommand>;
  /** Looked-up values by key, as events have set them. */
  readonly values: Map<string, string>;
  mark: PublishedMark;
  epoch: number;
  /** Settles with the transaction that holds the lane's lock. */
  lock: Promise<void>;
}

/** What a transaction has looked up in a lane. */
interface Looked {
  readonly known: Map<string, StoredCommand>;
  readonly found: Map<string, string>;
}

/** Point at which a simulated transaction breaks. */
export type BreakPoint = 'begin' | 'find' | 'before-commit' | 'after-commit';

/** Lanes in memory, for specs and simulations; passes the same contract spec as Postgres. */
export class InMemoryStorage implements LaneStorage {
  private readonly rows: LaneRows[];
  private readonly claims = new Map<string, string>();
  private readonly states = new Map<string, ChangedStream>();
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly listeners = new Set<StorageListener>();
  /** Called at each step; throws to break a transaction there. */
  breakAt: (point: BreakPoint) => void = () => undefined;

  /**
   * @param clock time of the lanes; epoch milliseconds
   * @param setBy keys that events set, if the service looks up any
   */
  constructor(
    readonly lanes: number,
    private readonly clock: () => number = Date.now,
    readonly setBy?: SetBy,
  ) {
    const head = { sequence: 0, hash: firstPreviousHash, time: 0 };
    this.rows = Array.from({ length: lanes }, () => ({
      head,
      events: [],
      commands: new Map<string, StoredCommand>(),
      values: new Map<string, string>(),
      mark: { ...head, offset: 0 },
      epoch: 0,
      lock: Promise.resolve(),
    }));
  }

  async begin(lanes: readonly LaneCommands[]): Promise<LaneTransaction> {
    this.breakAt('begin');
    const unlock = await this.lock(lanes.map(({ lane }) => lane));
    try {
      this.breakAt('find');
    } catch (error) {
      unlock();
      throw error;
    }
    const looks = new Map(lanes.map(({ lane }) => [lane, { known: new Map(), found: new Map() } as Looked]));
    this.find(lanes, looks);
    const locked = lanes.map(({ lane }) => this.locked(lane, looks.get(lane)!));
    const findMore = (more: readonly LaneCommands[]) => Promise.resolve(this.find(more, looks));
    return { lanes: locked, findMore, ...this.ending(unlock) };
  }

  /** Acquires the lanes' locks in lane order, so that no deadlock is possible. */
  private async lock(lanes: readonly number[]): Promise<() => void> {
    const unlocks: (() => void)[] = [];
    for (const lane of lanes.toSorted((one, other) => one - other)) {
      const rows = this.rows[lane]!;
      const before = rows.lock;
      rows.lock = new Promise((resolve) => unlocks.push(resolve));
      await before;
    }
    return () => unlocks.forEach((unlock) => unlock());
  }

  private find(lanes: readonly LaneCommands[], looks: ReadonlyMap<number, Looked>): void {
    for (const { lane, commandIds, keys = [] } of lanes) {
      const { commands, values } = this.rows[lane]!;
      const { known, found } = looks.get(lane)!;
      for (const id of commandIds) {
        const command = commands.get(id);
        if (command) known.set(id, command);
      }
      for (const key of keys) {
        const value = values.get(key);
        if (value !== undefined) found.set(key, value);
      }
    }
  }

  private locked(lane: number, looked: Looked): LockedLane {
    const { head, events } = this.rows[lane]!;
    return {
      head,
      time: this.clock(),
      ...looked,
      eventsSince: ({ sequence, hash }, most) => {
        const isAnother = sequence > 0 && events[sequence - 1]?.hash !== hash;
        return Promise.resolve(isAnother || events.length - sequence > most ? undefined : events.slice(sequence));
      },
      statesOf: async (streams) => {
        const states = new Map<string, FoundStream>();
        for (const stream of streams) {
          const state = await this.stateOf(stream);
          if (state) states.set(stream.streamId, state);
        }
        return states;
      },
    };
  }

  private ending(unlock: () => void): Pick<LaneTransaction, 'commit' | 'rollback'> {
    return {
      commit: async (batches, tellRelays) => {
        try {
          this.breakAt('before-commit');
          this.apply(batches);
        } finally {
          unlock();
        }
        for (const lane of tellRelays) for (const listener of this.listeners) listener.stored(lane);
        await Promise.resolve();
        this.breakAt('after-commit');
      },
      rollback: async () => {
        unlock();
        await Promise.resolve();
      },
    };
  }

  /** Applies all batches or none. @throws UnwritableBatch for a command its lane already has */
  private apply(batches: readonly LaneBatch[]): void {
    for (const { lane, commands } of batches) {
      for (const { commandId } of commands) {
        if (this.rows[lane]!.commands.has(commandId))
          throw new UnwritableBatch(`command ${commandId} is already stored`);
      }
    }
    for (const { lane, events, recorded, head, commands, streams } of batches) {
      const rows = this.rows[lane]!;
      for (const event of events) this.add(rows, event);
      rows.head = head;
      for (const command of commands) rows.commands.set(command.commandId, command);
      if (this.setBy)
        for (const event of recorded) for (const [key, value] of this.setBy(event)) rows.values.set(key, value);
      for (const stream of streams) this.states.set(stream.streamId, stream);
    }
  }

  private add({ events }: LaneRows, event: StoredEvent): void {
    events.push(event);
    const stream = this.streams.get(event.streamId);
    if (stream) stream.push(event);
    else this.streams.set(event.streamId, [event]);
  }

  lostTables(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  standing(): Promise<readonly LaneStanding[]> {
    return Promise.resolve(
      this.rows.map(({ head, mark }) => ({ head: head.sequence, published: mark.sequence, time: head.time })),
    );
  }

  headOf(lane: number): Promise<LaneHead> {
    return Promise.resolve(this.rows[lane]!.head);
  }

  eventsAfter(lane: number, sequence: number, limit: number): Promise<readonly ChainedEvent[]> {
    const { events } = this.rows[lane]!;
    const chained = events.slice(sequence, sequence + limit).map((event) => ({
      event,
      previousHash: events[event.sequence - 2]?.hash ?? firstPreviousHash,
    }));
    return Promise.resolve(chained);
  }

  sequenceAt(lane: number, time: number): Promise<number> {
    return Promise.resolve(this.rows[lane]!.events.findLast((event) => event.time <= time)?.sequence ?? 0);
  }

  eventsOfCommands(commands: readonly StoredCommand[]): Promise<readonly (readonly StoredEvent[])[]> {
    return Promise.resolve(
      commands.map(({ lane, sequence, count }) => this.rows[lane]!.events.slice(sequence - 1, sequence - 1 + count)),
    );
  }

  commandsOf(lanes: readonly LaneCommands[]): Promise<ReadonlyMap<string, StoredCommand>> {
    const found = new Map<string, StoredCommand>();
    for (const { lane, commandIds } of lanes) {
      for (const commandId of commandIds) {
        const stored = this.rows[lane]!.commands.get(commandId);
        if (stored) found.set(commandId, stored);
      }
    }
    return Promise.resolve(found);
  }

  commandsAnywhere(commandIds: readonly string[]): Promise<ReadonlyMap<string, StoredCommand>> {
    return this.commandsOf(this.rows.map((_, lane) => ({ lane, commandIds })));
  }

  claimantOf(commandId: string): Promise<string | undefined> {
    return Promise.resolve(this.claims.get(commandId));
  }

  claimCommands(claims: readonly CommandClaim[]): Promise<readonly string[]> {
    const claimants = claims.map(({ id, streamId }) => {
      const claimant = this.claims.get(id) ?? streamId;
      this.claims.set(id, claimant);
      return claimant;
    });
    return Promise.resolve(claimants);
  }

  stateOf(stream: WantedStream): Promise<FoundStream | undefined> {
    const events = this.streams.get(stream.streamId);
    if (!events) return Promise.resolve(undefined);
    const last = this.states.get(stream.streamId);
    const stored = last?.stateVersion === stream.stateVersion ? last : undefined;
    return foldStream(stream, stored, events.slice(stored?.revision ?? 0), (lane) =>
      Promise.resolve(skippedSequences(this.streams.get(skippedStreamId(lane, this.lanes)) ?? [])),
    );
  }

  publishedMark(lane: number): Promise<PublishedMark> {
    return Promise.resolve(this.rows[lane]!.mark);
  }

  movePublishedMark(lane: number, epoch: number, mark: PublishedMark, tellOthers: boolean): Promise<boolean> {
    const rows = this.rows[lane]!;
    if (rows.epoch > epoch) return Promise.resolve(false);
    rows.epoch = epoch;
    rows.mark = mark;
    if (tellOthers) for (const listener of this.listeners) listener.published(lane, mark.sequence);
    return Promise.resolve(true);
  }

  askPublisher(lane: number): Promise<void> {
    for (const listener of this.listeners) listener.stored(lane);
    return Promise.resolve();
  }

  listen(listener: StorageListener): Promise<() => Promise<void>> {
    this.listeners.add(listener);
    return Promise.resolve(() => {
      this.listeners.delete(listener);
      return Promise.resolve();
    });
  }
}

/** Leases in memory, with Postgres' behaviour, by this process' monotonic clock. */
export class InMemoryLeases implements LeaseTable {
  private readonly aliveUntil = new Map<string, number>();
  private readonly leases = new Map<string, { holder: string | undefined; epoch: number }>();

  /** @param clock storage time; epoch milliseconds */
  constructor(private readonly clock: () => number = Date.now) {}

  now(): Promise<number> {
    return Promise.resolve(this.clock());
  }

  async beat(holder: string, ttlMs: number, wanted: readonly string[] = []): Promise<Beat> {
    const now = performance.now();
    this.aliveUntil.set(holder, now + ttlMs);
    const others = this.othersThan(holder);
    const living = 1 + others.length;
    const holds = wanted.filter((name) => this.leases.get(name)?.holder === holder).length;
    const held = await this.take(holder, wanted, shareOf(wanted.length, living) - holds);
    return { living, endsInMs: firstOf(others), now: this.clock(), held };
  }

  renew(holder: string, ttlMs: number): Promise<Renewal | undefined> {
    if (!this.aliveUntil.has(holder)) return Promise.resolve(undefined);
    this.aliveUntil.set(holder, performance.now() + ttlMs);
    const others = this.othersThan(holder);
    const mine = [...this.leases.values()].filter((lease) => lease.holder === holder);
    return Promise.resolve({
      living: 1 + others.length,
      endsInMs: firstOf(others),
      now: this.clock(),
      held: mine.length,
      epochs: mine.reduce((sum, { epoch }) => sum + epoch, 0),
    });
  }

  /** Remaining life of each other living holder without another beat. */
  private othersThan(holder: string): readonly number[] {
    const now = performance.now();
    const others = [...this.aliveUntil].filter(([name, until]) => name !== holder && until > now);
    return others.map(([, until]) => until - now);
  }

  take(holder: string, names: readonly string[], most: number): Promise<readonly Lease[]> {
    let left = most;
    const now = performance.now();
    for (const name of names) {
      const lease = this.leases.get(name) ?? { holder: undefined, epoch: 0 };
      this.leases.set(name, lease);
      const free = lease.holder === undefined || (this.aliveUntil.get(lease.holder) ?? 0) <= now;
      if (lease.holder === holder || !free || left <= 0) continue;
      lease.holder = holder;
      lease.epoch += 1;
      left -= 1;
    }
    const mine = names.filter((name) => this.leases.get(name)?.holder === holder);
    return Promise.resolve(mine.map((name) => ({ name, epoch: this.leases.get(name)!.epoch })));
  }

  release(holder: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const lease = this.leases.get(name);
      if (lease?.holder === holder) lease.holder = undefined;
    }
    return Promise.resolve();
  }

  leave(holder: string): Promise<void> {
    this.aliveUntil.delete(holder);
    return this.release(holder, [...this.leases.keys()]);
  }
}

const firstOf = (ends: readonly number[]): number | undefined => (ends.length === 0 ? undefined : Math.min(...ends));
