import { Inject, Injectable } from '@nestjs/common';
import {
  type Correction,
  decodeData,
  type MeteringEvent,
  ParkedUseCorrected,
  type RatedUse,
  UsageCorrected,
  UsageRated,
} from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import { correctionMark, markKeyOf } from '../decisions/rules/marks.ts';
import type { Use } from '../decisions/state/payer.ts';

/** A use that was reported, wherever it stands. */
export type ReportedUse = { readonly partyId: string } & (
  | { readonly status: 'parked'; readonly use: Use; readonly waitsFor: string; readonly parkedBy: Place }
  | { readonly status: 'voided'; readonly use: Use }
  | {
      readonly status: 'rated';
      readonly use: RatedUse;
      readonly corrections: readonly Correction[];
      /** Mark of the last correction. */
      readonly mark: string | undefined;
    }
);

interface Place {
  readonly sequence: number;
  readonly place: number;
}

/** The payer and the time of a use, by which one is found that is older than marks are kept. */
export interface UsedWhen {
  readonly partyId: string;
  readonly usedAt: number;
}

interface RatedAt extends Place {
  readonly lane: number;
}

/** Finds single uses: by their marks, or by payer and time. */
@Injectable()
export class FoundUses {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(EventStore) private readonly store: Pick<EventStore<MeteringEvent>, 'lanes' | 'eventsAfter'>,
  ) {}

  /** Those of some uses that were reported, by their ids. @throws EventsRetired */
  async find(usageIds: readonly string[], when?: UsedWhen): Promise<ReportedUse[]> {
    const lanes = Array.from({ length: this.store.lanes }, (_, lane) => lane);
    const parked = await this.dataSource.query<ParkedRow[]>(selectParked, [lanes, usageIds]);
    const places = await this.dataSource.query<PlaceRow[]>(selectMarked, [lanes, usageIds.map(markKeyOf)]);
    if (when)
      places.push(...(await this.dataSource.query<PlaceRow[]>(selectOld, [when.partyId, when.usedAt, usageIds])));
    const rated = new Map<string, RatedAt>();
    for (const { usageId, lane, sequence, place } of places) {
      if ((rated.get(usageId)?.sequence ?? -1) < sequence) rated.set(usageId, { lane, sequence, place });
    }
    for (const { use } of parked) rated.delete(use.usageId);
    return [...parked.map(asParked), ...(await Promise.all([...rated].map(([id, at]) => this.ratedAt(id, at))))];
  }

  /** True for a rated use of a payer, whatever its age. */
  async isRated(usageId: string, { partyId, usedAt }: UsedWhen): Promise<boolean> {
    const rows = await this.dataSource.query<PlaceRow[]>(selectOld, [partyId, usedAt, [usageId]]);
    return rows.length > 0;
  }

  private async ratedAt(usageId: string, { lane, sequence, place }: RatedAt): Promise<ReportedUse> {
    const event = await this.eventAt(lane, sequence);
    if (event.type === ParkedUseCorrected.type) {
      const { partyId, use } = decodeData(ParkedUseCorrected, event.version, event.value);
      const { waitsFor: _, ...voided } = use;
      return { status: 'voided', partyId, use: voided };
    }
    const { partyId, uses } = decodeData(UsageRated, event.version, event.value);
    const rows = await this.dataSource.query<Place[]>(selectCorrections, [lane, usageId]);
    const corrections = await Promise.all(rows.map((at) => this.correctionAt(lane, at)));
    const last = corrections.at(-1);
    const mark = last && correctionMark(last.number, rows.at(-1)!.sequence);
    return { status: 'rated', partyId, use: uses[place]!, corrections, mark };
  }

  private async correctionAt(lane: number, { sequence, place }: Place): Promise<Correction> {
    const { version, value } = await this.eventAt(lane, sequence);
    return decodeData(UsageCorrected, version, value).corrections[place]!;
  }

  private async eventAt(lane: number, sequence: number) {
    const [found] = await this.store.eventsAfter(lane, sequence - 1, 1);
    if (found?.event.sequence !== sequence) throw new Error(`there is no event metering/${lane}/${sequence}`);
    return found.event;
  }

  /** True if the settlement of a day has begun. */
  async isClosing(day: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>('select from closing_days where period = $1', [day]);
    return rows.length > 0;
  }

  /** Parties that may have reported a use: the developers of apps. */
  async developers(): Promise<string[]> {
    const rows = await this.dataSource.query<{ developer_id: string }[]>('select distinct developer_id from rate_apps');
    return rows.map((row) => row.developer_id);
  }
}

interface ParkedRow extends Place {
  readonly partyId: string;
  readonly use: Use;
  readonly waitsFor: string;
}

interface PlaceRow extends RatedAt {
  readonly usageId: string;
}

const asParked = ({ partyId, use, waitsFor, sequence, place }: ParkedRow): ReportedUse => ({
  ...{ status: 'parked', partyId, use, waitsFor, parkedBy: { sequence, place } },
});

const selectParked = `
  select party_id as "partyId", use, waits_for as "waitsFor", sequence::float8 as sequence, place
  from parked_usage where lane = any($1::int[]) and usage_id = any($2::text[])`;

const selectMarked = `
  select 'usg_' || key as "usageId", lane, sequence::float8 as sequence, place
  from usage_marks where lane = any($1::int[]) and key = any($2::text[]) and is_rated`;

const selectOld = `
  ${acrossLanes} select usage_id as "usageId", lane, sequence::float8 as sequence, place
  from charges where party_id = $1 and used_at = $2 and usage_id = any($3::text[]) and number is null`;

const selectCorrections = `
  select sequence::float8 as sequence, place from charges
  where lane = $1 and usage_id = $2 and number is not null order by number`;
