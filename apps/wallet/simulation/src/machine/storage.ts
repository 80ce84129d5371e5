import type {
  CommandClaim,
  ChainedEvent,
  FoundStream,
  InMemoryStorage,
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
} from '@tokengrid/event-store';
import type { Dice } from '@tokengrid/simulation-kit';
import type { Lifeline } from '../clients/lifeline.ts';

/** Steps at which a transaction may break. */
const points = ['find', 'before commit', 'after commit'] as const;
type Point = (typeof points)[number];

/** Frequency of faults: once in so many transactions, never for 0. */
export interface Faults {
  /** A statement fails, or the answer to a commit is lost, and the lane tries again. */
  errorsOnceIn: number;
  /** The process dies. */
  crashesOnceIn: number;
}

/** The error of a statement or connection. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The storage of one process. Its connections break, and end with its death at any step. */
export class SimulatedStorage implements LaneStorage {
  readonly lanes: number;
  private readonly dice: readonly Dice[];

  constructor(
    private readonly shared: InMemoryStorage,
    private readonly life: Lifeline,
    private readonly faults: Faults,
    /** Called with each batch at its commit. */
    private readonly committed: (lane: number, batch: LaneBatch) => void,
    /**
     * True if stored states are of an older version of the code, so that they are folded from
     * events.
     */
    private readonly refolds: boolean,
    dice: Dice,
  ) {
    this.lanes = shared.lanes;
    // Dice per lane, so that concurrent lanes do not change each other's faults.
    this.dice = Array.from({ length: this.lanes }, () => dice.another());
  }

  async begin(lanes: readonly LaneCommands[]): Promise<LaneTransaction> {
    const transaction = await this.life.through(this.shared.begin(lanes), (late) => late.rollback());
    const dice = this.dice[lanes[0]!.lane]!;
    const fate = this.fateOf(dice);
    const at = async (point: Point) => {
      if (fate?.point !== point) return;
      if (point !== 'after commit') await transaction.rollback();
      if (fate.dies) this.life.end();
      else throw new Interrupted(`interrupted: ${point}`);
    };
    /** Ends the transaction of a dead process, and never returns to it. */
    const alive = async () => {
      if (!this.life.ended) return;
      await transaction.rollback();
      await this.life.never;
    };
    await at('find');
    await alive();
    return {
      lanes: this.refolds ? transaction.lanes.map(refolding) : transaction.lanes,
      findMore: (more) => this.life.through(transaction.findMore(more)),
      commit: async (batches, tellRelays) => {
        await at('before commit');
        await alive();
        await transaction.commit(batches, tellRelays);
        // Before any other part sees the batch: its consequences come later.
        for (const batch of batches) this.committed(batch.lane, batch);
        await at('after commit');
        await this.life.through(Promise.resolve());
      },
      rollback: () => transaction.rollback(),
    };
  }

  private fateOf(dice: Dice): { readonly point: Point; readonly dies: boolean } | undefined {
    const { errorsOnceIn, crashesOnceIn } = this.faults;
    const point = dice.one(points);
    const dies = crashesOnceIn > 0 && dice.once(crashesOnceIn);
    return dies || (errorsOnceIn > 0 && dice.once(errorsOnceIn)) ? { point, dies } : undefined;
  }

  headOf(lane: number): Promise<LaneHead> {
    return this.life.through(this.shared.headOf(lane));
  }

  eventsAfter(lane: number, sequence: number, limit: number): Promise<readonly ChainedEvent[]> {
    return this.life.through(this.shared.eventsAfter(lane, sequence, limit));
  }

  sequenceAt(lane: number, time: number): Promise<number> {
    return this.life.through(this.shared.sequenceAt(lane, time));
  }

  eventsOfCommands(commands: readonly StoredCommand[]) {
    return this.life.through(this.shared.eventsOfCommands(commands));
  }

  commandsOf(lanes: readonly LaneCommands[]) {
    return this.life.through(this.shared.commandsOf(lanes));
  }

  commandsAnywhere(commandIds: readonly string[]) {
    return this.life.through(this.shared.commandsAnywhere(commandIds));
  }

  claimantOf(commandId: string): Promise<string | undefined> {
    return this.life.through(this.shared.claimantOf(commandId));
  }

  claimCommands(claims: readonly CommandClaim[]): Promise<readonly string[]> {
    return this.life.through(this.shared.claimCommands(claims));
  }

  lostTables(): Promise<readonly string[]> {
    return this.life.through(this.shared.lostTables());
  }

  standing(): Promise<readonly LaneStanding[]> {
    return this.life.through(this.shared.standing());
  }

  stateOf(stream: WantedStream): Promise<FoundStream | undefined> {
    return this.life.through(this.shared.stateOf(stream));
  }

  publishedMark(lane: number): Promise<PublishedMark> {
    return this.life.through(this.shared.publishedMark(lane));
  }

  movePublishedMark(lane: number, epoch: number, mark: PublishedMark, tellOthers: boolean): Promise<boolean> {
    return this.life.through(
      this.life.ended ? this.life.never : this.shared.movePublishedMark(lane, epoch, mark, tellOthers),
    );
  }

  askPublisher(lane: number): Promise<void> {
    return this.life.through(this.life.ended ? this.life.never : this.shared.askPublisher(lane));
  }

  listen(listener: StorageListener): Promise<() => Promise<void>> {
    return this.shared.listen({
      stored: (lane) => this.life.ended || listener.stored(lane),
      published: (lane, sequence) => this.life.ended || listener.published(lane, sequence),
    });
  }
}

/** A lane as another version of the code sees it: stored states are useless. */
const refolding = (lane: LockedLane): LockedLane => ({
  ...lane,
  statesOf: (streams) => lane.statesOf(streams.map((stream) => ({ ...stream, stateVersion: -1 }))),
});
