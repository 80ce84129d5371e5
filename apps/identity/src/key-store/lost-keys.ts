import { Inject, Injectable } from '@nestjs/common';
import type { OwnFaults } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { KeyStore } from './key-store.ts';

/** The key store's tables, a database of their own. */
const tables = ['person_keys', 'issued_secrets', 'signing_keys'];

/**
 * Tells of a key store that lost its tables, or keys of persons. It looks for those of some persons
 * alone: the first and the last of each lane, by their ids, which an emptied table and an older
 * backup lack.
 */
@Injectable()
export class LostKeys implements OwnFaults {
  constructor(
    @Inject(DataSource) private readonly source: Pick<DataSource, 'query'>,
    private readonly store: KeyStore,
  ) {}

  async look(): Promise<readonly string[]> {
    try {
      const gone = await this.goneTables();
      if (gone.length > 0) return gone;
      const persons = await this.source.query<{ person: string }[]>(somePersons);
      const lacking = await this.lacking(persons.map(({ person }) => person));
      return lacking === 0
        ? []
        : ['the table person_keys lacks keys of persons: restore the key store from its backup'];
    } catch {
      return ['the key store does not answer'];
    }
  }

  private async goneTables(): Promise<readonly string[]> {
    const rows = await this.store.rows<{ name: string }>(
      'select name from unnest($1::text[]) name where to_regclass(name) is null order by name',
      [tables],
    );
    return rows.map(({ name }) => `the table ${name} is gone: restore the key store from its backup`);
  }

  /** The row of an erased person stays, without its key. */
  private async lacking(personIds: readonly string[]): Promise<number> {
    const [row] = await this.store.rows<{ lacking: number }>(
      `select count(*)::int as lacking from unnest($1::text[]) person
       where not exists (select from person_keys where person_id = person)`,
      [personIds],
    );
    return row!.lacking;
  }
}

const oneOfEach = (order: 'asc' | 'desc') => `
  select person_id as person from lanes cross join lateral (
    select person_id from parties where lane = lanes.lane and not erased order by party_id ${order} limit 1
  ) one`;

const somePersons = `${oneOfEach('asc')} union ${oneOfEach('desc')}`;
