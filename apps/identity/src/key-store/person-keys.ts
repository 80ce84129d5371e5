import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { byteaArray } from '@tokengrid/event-store/postgres';
import { openBytes, sealBytes } from '@tokengrid/service';
import type { PersonKey } from '../personal-data/encrypted-text.ts';
import { KeyStore } from './key-store.ts';
import { MasterKey } from './master-key.ts';

const keyBytes = 32;

interface KeyRow {
  readonly person_id: string;
  readonly wrapped_key: Buffer | null;
}

/** The person's key was destroyed: no more of their data is written. */
export class PersonErased extends Error {
  override readonly name = 'PersonErased';

  constructor(personId: string) {
    super(`the key of ${personId} was destroyed`);
  }
}

/**
 * Keys of persons' data, wrapped by the master key. Never cached: a destroyed key is gone at once.
 */
@Injectable()
export class PersonKeys {
  constructor(
    private readonly store: KeyStore,
    private readonly master: MasterKey,
  ) {}

  /** A new key for a person who never had one, to be kept with {@link wrapped}. */
  newKey(personId: string): PersonKey {
    return { personId, key: randomBytes(keyBytes) };
  }

  /** A person's key as the key store keeps it. */
  wrapped({ personId, key }: PersonKey): Buffer {
    return sealBytes(this.master.ofPersonKeys, key, contextOf(personId));
  }

  /** Key of a person, created if there never was one. @throws PersonErased */
  async obtain(personId: string): Promise<PersonKey> {
    const key = (await this.obtainAll([personId])).get(personId);
    if (!key) throw new PersonErased(personId);
    return key;
  }

  /** Keys of persons by id, created for those who never had one; without destroyed ones. */
  async obtainAll(personIds: readonly string[]): Promise<ReadonlyMap<string, PersonKey>> {
    const keys = new Map(personIds.map((personId) => [personId, this.newKey(personId)]));
    const inserted = await this.store.rows<Pick<KeyRow, 'person_id'>>(
      `insert into person_keys (person_id, wrapped_key) select * from unnest($1::text[], $2::bytea[])
       on conflict (person_id) do nothing returning person_id`,
      [[...keys.keys()], byteaArray([...keys.values()].map((key) => this.wrapped(key)))],
    );
    const isNew = new Set(inserted.map((row) => row.person_id));
    const earlier = [...keys.keys()].filter((personId) => !isNew.has(personId));
    for (const personId of earlier) keys.delete(personId);
    for (const [personId, key] of await this.find(earlier)) keys.set(personId, key);
    return keys;
  }

  /**
   * Keys of persons by id. A missing person was erased, or is missing from the key store.
   * @throws Unopenable if they were wrapped with another master key
   */
  async find(personIds: readonly string[]): Promise<ReadonlyMap<string, PersonKey>> {
    if (personIds.length === 0) return new Map();
    const rows = await this.store.rows<KeyRow>(
      'select person_id, wrapped_key from person_keys where person_id = any($1) and wrapped_key is not null',
      [personIds],
    );
    return new Map(rows.map((row) => [row.person_id, this.unwrapped(row)]));
  }

  /** Destroys keys for good. Persons without a key are no error. */
  async destroy(personIds: readonly string[]): Promise<void> {
    await this.store.run('update person_keys set wrapped_key = null where person_id = any($1)', [personIds]);
  }

  private unwrapped({ person_id: personId, wrapped_key: wrapped }: KeyRow): PersonKey {
    return { personId, key: openBytes(this.master.ofPersonKeys, wrapped!, contextOf(personId)) };
  }
}

function contextOf(personId: string): string {
  return `person-key:${personId}`;
}
