import { Batcher } from './batcher.ts';
import { type Lane, olderDatabase } from './lane.ts';
import { type LaneStanding, type LaneStorage, TablesGone } from './storage.ts';

const tablesGone = 'the tables of the event store are gone from the database (emptied?): run restore';

/** What a lane's rows lack that is known to have been there. */
function whatIsGone({ head, published }: LaneStanding, known: number): string | undefined {
  if (head === undefined || published === undefined) return 'its row is gone from the database (emptied?): run restore';
  return head < known ? olderDatabase(head, known) : undefined;
}

/** Looks whether the database still has what this process knows to have been stored. */
export class DatabaseLook {
  /** What is wrong with tables, a sentence each. */
  lost: readonly string[] = [];
  /** When the last look began that came to an end, in monotonic milliseconds. */
  private lookedAt = Number.NEGATIVE_INFINITY;
  /** One look for all who ask in the same turn of the loop. */
  private readonly looks = new Batcher(async (asked: readonly undefined[]) => {
    await this.look();
    return asked;
  });

  constructor(
    private readonly storage: Pick<LaneStorage, 'standing' | 'lostTables'>,
    private readonly lanes: readonly Lane[],
    /** Told of each lane that lacks something, and what. */
    private readonly behind: (lane: number, reason: string) => void,
    /** Told how all lanes stand. */
    private readonly stands: (standing: readonly LaneStanding[]) => void,
  ) {}

  /** @throws Error when the database does not answer */
  async unlessYoungerThan(maxAgeMs: number): Promise<void> {
    if (performance.now() - this.lookedAt > maxAgeMs) await this.looks.add(undefined);
  }

  private async look(): Promise<void> {
    const began = performance.now();
    // Before the look: what is stored meanwhile is not in it.
    const known = this.lanes.map(({ knownSequence }) => knownSequence);
    const [standing, lost] = await this.seen();
    const reasons = this.lanes.map((_, lane) => (standing ? whatIsGone(standing[lane]!, known[lane]!) : tablesGone));
    for (const [index, lane] of this.lanes.entries()) {
      const reason = reasons[index];
      if (reason !== undefined) this.behind(index, reason);
      else lane.see(standing![index]!.head!);
    }
    // Where a lane is gone, all is to be restored: its tables are the least of it.
    this.lost = reasons.some((reason) => reason !== undefined) ? [] : lost;
    if (standing) this.stands(standing);
    this.lookedAt = began;
  }

  /** How the lanes stand, unless there are no such tables, and what is wrong with others. */
  private async seen(): Promise<readonly [standing: readonly LaneStanding[] | undefined, lost: readonly string[]]> {
    try {
      return await Promise.all([this.storage.standing(), this.storage.lostTables()]);
    } catch (error) {
      if (error instanceof TablesGone) return [undefined, []];
      throw error;
    }
  }
}
