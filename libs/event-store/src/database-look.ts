import { Batcher } from './batcher.ts';
import { type Lane, olderDatabase } from './lane.ts';
import { type LaneStanding, type LaneStorage, TablesGone } from './storage.ts';

const tablesGone = 'the tables of the event store are gone from the database (emptied?): run restore';

/** Known events that a lane's rows lack; undefined if there are none. */
function whatIsGone({ head, published }: LaneStanding, known: number): string | undefined {
  if (head === undefined || published === undefined) return 'its row is gone from the database (emptied?): run restore';
  return head < known ? olderDatabase(head, known) : undefined;
}

/** Checks that the database still has the events that this process knows to be stored. */
export class DatabaseLook {
  /** Faults of tables, a sentence each. */
  lost: readonly string[] = [];
  /** Start of the last completed check, in monotonic milliseconds. */
  private lookedAt = Number.NEGATIVE_INFINITY;
  /** One check for all requests of a turn of the event loop. */
  private readonly looks = new Batcher(async (asked: readonly undefined[]) => {
    await this.look();
    return asked;
  });

  constructor(
    private readonly storage: Pick<LaneStorage, 'standing' | 'lostTables'>,
    private readonly lanes: readonly Lane[],
    /** Called for each lane that lacks events, with the reason. */
    private readonly behind: (lane: number, reason: string) => void,
    /** Called with the standing of all lanes. */
    private readonly stands: (standing: readonly LaneStanding[]) => void,
  ) {}

  /** @throws Error if the database does not answer */
  async unlessYoungerThan(maxAgeMs: number): Promise<void> {
    if (performance.now() - this.lookedAt > maxAgeMs) await this.looks.add(undefined);
  }

  private async look(): Promise<void> {
    const began = performance.now();
    // Read before the check: later events may not be in its result.
    const known = this.lanes.map(({ knownSequence }) => knownSequence);
    const [standing, lost] = await this.seen();
    const reasons = this.lanes.map((_, lane) => (standing ? whatIsGone(standing[lane]!, known[lane]!) : tablesGone));
    for (const [index, lane] of this.lanes.entries()) {
      const reason = reasons[index];
      if (reason !== undefined) this.behind(index, reason);
      else lane.see(standing![index]!.head!);
    }
    // If a lane is gone, a restore is due anyway: faults of tables are secondary.
    this.lost = reasons.some((reason) => reason !== undefined) ? [] : lost;
    if (standing) this.stands(standing);
    this.lookedAt = began;
  }

  /** Standing of the lanes, unless their tables are gone, and the faults of other tables. */
  private async seen(): Promise<readonly [standing: readonly LaneStanding[] | undefined, lost: readonly string[]]> {
    try {
      return await Promise.all([this.storage.standing(), this.storage.lostTables()]);
    } catch (error) {
      if (error instanceof TablesGone) return [undefined, []];
      throw error;
    }
  }
}
