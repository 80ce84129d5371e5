import { Inject, Injectable } from '@nestjs/common';
import { operatorPartyId } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { AskedTogether } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import {
  defaultSources,
  reservedTypes,
  type SourceMapping,
  type SourceMappings,
} from '../usage-events/sourced-event.ts';

/** A mapping that is in force, and the party that set it. */
export interface SourceRow extends SourceMapping {
  readonly partyId: string;
  readonly type: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly setAt: number;
}

/** Most mappings that are kept in memory. */
const mostKept = 1000;

/**
 * Reads of sources. A reporter's own source goes before the operator's, and that before the
 * default. Each report looks for them once, together with others, unless all of its types are
 * reserved; a version that was read is not read again.
 */
@Injectable()
export class Sources {
  private readonly kept = new Map<string, SourceRow>();
  private readonly together = new AskedTogether((asked: readonly Asked[]) => this.rowsOf(asked));

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Mappings of the types of some events, unchecked ones, for their reporter. */
  async of(partyId: string, events: readonly unknown[]): Promise<SourceMappings> {
    const types = typesOf(events);
    if (types.length === 0) return new Map();
    const found = await this.inForce(partyId, types);
    return new Map(
      types.flatMap((type) => {
        const mapping = found.get(type) ?? defaultSources.get(type);
        return mapping ? [[type, mapping] as const] : [];
      }),
    );
  }

  /** The source in force for a party's events of a type, where one is set. */
  async one(partyId: string, type: string): Promise<SourceRow | undefined> {
    return (await this.inForce(partyId, [type])).get(type);
  }

  /** Sources of a party, or of all, by type and owner. */
  list(
    partyId: string | undefined,
    after: readonly [type: string, partyId: string] | undefined,
    most: number,
  ): Promise<SourceRow[]> {
    return this.dataSource.query<SourceRow[]>(
      `${selectSources} where ($1::text is null or party_id = $1)
         and ($2::text is null or (type, party_id) > ($2 collate "C", $3)) order by type, party_id limit $4`,
      [partyId ?? null, after?.[0] ?? null, after?.[1] ?? null, most],
    );
  }

  private async inForce(partyId: string, types: readonly string[]): Promise<Map<string, SourceRow>> {
    const found = await this.together.ask(types.map((type) => ({ partyId, type })));
    const wanted = new Set(types);
    const rows = found.filter((row) => wanted.has(row.type) && [partyId, operatorPartyId].includes(row.partyId));
    const ownLast = rows.sort((a, b) => Number(a.partyId === partyId) - Number(b.partyId === partyId));
    return new Map(ownLast.map((row) => [row.type, row]));
  }

  /** Sources of the types, of their reporters and the operator, and perhaps of others. */
  private async rowsOf(asked: readonly Asked[]): Promise<SourceRow[]> {
    const types = [...new Set(asked.map(({ type }) => type))];
    const parties = [...new Set([operatorPartyId, ...asked.map(({ partyId }) => partyId)])];
    const heads = await this.dataSource.query<Head[]>(selectHeads, [types, parties]);
    const known = heads.flatMap((head) => this.kept.get(keyOf(head)) ?? []);
    const unread = heads.filter((head) => !this.kept.has(keyOf(head)));
    return unread.length === 0 ? known : [...known, ...(await this.read(unread))];
  }

  private async read(heads: readonly Head[]): Promise<SourceRow[]> {
    const wanted = [heads.map(({ type }) => type), heads.map(({ partyId }) => partyId)];
    const rows = await this.dataSource.query<SourceRow[]>(
      `${selectSources} where (type, party_id) in (select * from unnest($1::text[], $2::text[]))`,
      wanted,
    );
    if (this.kept.size + rows.length > mostKept) this.kept.clear();
    for (const row of rows.slice(0, mostKept)) this.kept.set(keyOf(row), row);
    return rows;
  }
}

/** A type of events, and their reporter. */
interface Asked {
  readonly partyId: string;
  readonly type: string;
}

type Head = Pick<SourceRow, 'partyId' | 'type' | 'version'>;

const keyOf = ({ partyId, type, version }: Head): string => JSON.stringify([partyId, type, version]);

const selectHeads = `
  ${acrossLanes} select party_id as "partyId", type, version from sources
  where type = any($1::text[]) and party_id = any($2::text[])`;

const selectSources = `
  ${acrossLanes} select party_id as "partyId", type, version, mapping -> 'app' as app, mapping -> 'model' as model,
    mapping -> 'units' as units, set_at::float8 as "setAt" from sources`;

/** Types of some events that may have a mapping. */
function typesOf(events: readonly unknown[]): string[] {
  const types = new Set<string>();
  for (const event of events) {
    if (typeof event !== 'object' || event === null || !('type' in event)) continue;
    const { type } = event;
    const mayBe = typeof type === 'string' && type.length <= 255 && !type.startsWith(reservedTypes);
    // Postgres takes no text with this character, and no type has it.
    if (mayBe && !type.includes('\u0000') && type.isWellFormed()) types.add(type);
  }
  return [...types];
}
