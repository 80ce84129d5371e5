import { Inject, Injectable } from '@nestjs/common';
import type { Catalogue, Posting, StoredEvent, WalletEvent } from '@tokengrid/contracts';
import { eventId, readData, UnreadableEvent, walletCatalogue } from '@tokengrid/contracts';
import {
  EventStore,
  type Projection,
  recordedEvent,
  skippedBy,
  storedStream,
  StreamUnreadable,
} from '@tokengrid/event-store';
import { type DomainEvent, skippedStreamId } from '@tokengrid/kernel';
import { poolOf, problem, ProblemError } from '@tokengrid/service';
import { DataSource, LessThanOrEqual } from 'typeorm';
import { LaneAccountRow } from './lane-accounts.table.ts';
import { ledger } from './ledger.projection.ts';
import { type Books, sumsOf } from './ledger.ts';
import { blockEvents, blockOf, LedgerSnapshotRow, type Turnover } from './ledger-snapshots.table.ts';

/**
 * Past books: the snapshot before, and the postings of the stored events since, at most {@link
 * blockEvents} per lane.
 */
@Injectable()
export class LedgerHistory {
  constructor(
    private readonly database: DataSource,
    @Inject(EventStore) private readonly store: EventStore<WalletEvent>,
  ) {}

  /**
   * All lanes at a time (epoch milliseconds, all of it included).
   * @throws EventsRetired, or ProblemError 503 until a rebuild
   */
  async at(time: number): Promise<Books> {
    const lanes = await Promise.all(
      Array.from({ length: this.store.lanes }, async (_, lane) => {
        const sequence = await this.store.sequenceAt(lane, time);
        return { lane, sequence, turnovers: await this.turnovers(lane, sequence) };
      }),
    );
    return {
      lanes: lanes.map(({ lane, sequence }) => ({ lane, sequence })),
      accounts: sumsOf(lanes.flatMap(({ turnovers }) => turnovers)),
    };
  }

  /**
   * One lane right after one of its events; 0 is before the first.
   * @throws EventsRetired, or ProblemError 503 until a rebuild
   */
  async after(lane: number, sequence: number): Promise<Books> {
    return { lanes: [{ lane, sequence }], accounts: sumsOf(await this.turnovers(lane, sequence)) };
  }

  /** Sequence of a lane's last event. */
  lastOf(lane: number): Promise<number> {
    return this.store.sequenceAt(lane, Number.MAX_SAFE_INTEGER);
  }

  private async turnovers(lane: number, sequence: number): Promise<readonly Turnover[]> {
    const snapshot = await this.database.getRepository(LedgerSnapshotRow).findOne({
      where: { lane, block: LessThanOrEqual(blockOf(sequence)), sequence: LessThanOrEqual(sequence) },
      order: { block: 'DESC' },
    });
    if (!snapshot) return this.nothingBefore(lane);
    // A movement in a later block would have left a snapshot there.
    const last = Math.min(sequence, (snapshot.block + 1) * blockEvents);
    const first = snapshot.sequence;
    const events = await this.store.eventsAfter(lane, first - 1, last - first + 1);
    const skipped = await this.skippedIn(lane);
    const counted = events.filter(({ event }) => !skipped.has(event.sequence) || isReadable(event));
    return [...snapshot.accounts, ...turnoversOf(counted.map(({ event }) => event))];
  }

  /** Sequences of skipped events. */
  private async skippedIn(lane: number): Promise<ReadonlySet<number>> {
    const { lanes } = this.store;
    const of = { service: catalogue.service, lanes };
    const events = await storedStream(poolOf(this.database), of, skippedStreamId(lane, lanes));
    return new Set(events.flatMap((event) => skippedBy(event)?.sequence ?? []));
  }

  /** No movement yet, unless the tables are older than their history. */
  private async nothingBefore(lane: number): Promise<readonly Turnover[]> {
    const [first, moved] = await Promise.all([
      this.database.getRepository(LedgerSnapshotRow).findOne({ where: { lane }, order: { block: 'ASC' } }),
      this.database.getRepository(LaneAccountRow).existsBy({ lane }),
    ]);
    if (first ? first.accounts.length === 0 : !moved) return [];
    const detail = 'the books of that time are unknown until the ledger is rebuilt: tokengrid rebuild wallet ledger';
    throw new ProblemError(problem(503, 'UNAVAILABLE', detail));
  }
}

const catalogue = walletCatalogue as unknown as Catalogue;
const collectors = ledger.on as unknown as Projection<DomainEvent, ReturnType<typeof ledger.begin>>['on'];

type WrittenPosting = Omit<Posting, 'amount'> & { readonly amount: string };

/**
 * Postings of a stored event. It was checked when it was written: checking all of it again would
 * take ten times as long as reading it. An earlier version is upcast first.
 * @throws StreamUnreadable if the postings can't be read
 */
function postingsOf(event: StoredEvent): readonly Posting[] {
  try {
    if (event.version !== catalogue.events[event.type]!.version)
      return (readData(catalogue, event) as { postings: Posting[] }).postings;
    const { postings } = JSON.parse(event.value.toString()) as { postings: readonly WrittenPosting[] };
    return postings.map((posting) => ({ ...posting, amount: BigInt(posting.amount) }));
  } catch (error) {
    throw new StreamUnreadable(event.streamId, `${eventId(event)} ${event.type}`, error as Error);
  }
}

function isReadable(event: StoredEvent): boolean {
  try {
    readData(catalogue, event);
    return true;
  } catch (error) {
    if (error instanceof UnreadableEvent) return false;
    throw error;
  }
}

/** Turnover of events, by the code of the ledger's projection. */
function turnoversOf(events: readonly StoredEvent[]): readonly Turnover[] {
  const batch = ledger.begin();
  for (const event of events) {
    const collect = collectors[event.type];
    if (collect === 'ignored' || collect === undefined) continue;
    collect(batch, recordedEvent(event, { postings: postingsOf(event) }));
  }
  return [...batch.values()].flatMap(({ moved }) =>
    [...moved.values()].map(({ account, asset, credited, debited }): Turnover => [
      account,
      asset,
      String(credited),
      String(debited),
    ]),
  );
}
