import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { openBytes, sealBytes } from '../personal-data/cipher.ts';
import type { PersonKey } from '../personal-data/encrypted-text.ts';
import { KeyStore } from './key-store.ts';
import { MasterKey } from './master-key.ts';

const keyBytes = 32;

interface KeyRow {
  readonly person_id: string;
  readonly wrapped_key: Buffer | null;
}

/** The person's key was destroyed: nothing of theirs is written any more. */
export class PersonErased extends Error {
  override readonly name = 'PersonErased';
}

/** The keys that persons' data is encrypted with, wrapped by the master key. Never cached: a key that is destroyed is gone at once. */
@Injectable()
export class PersonKeys {
  constructor(
    private readonly store: KeyStore,
    private readonly master: MasterKey,
  ) {}

  /** The person's key, made now if there never was one. @throws PersonErased */
  async obtain(personId: string): Promise<PersonKey> {
    const wrapped = sealBytes(this.master.ofPersonKeys, randomBytes(keyBytes), contextOf(personId));
    await this.store.run(
      'insert into person_keys (person_id, wrapped_key) values ($1, $2) on conflict (person_id) do nothing',
      [personId, wrapped],
    );
    const key = (await this.find([personId])).get(personId);
    if (!key) throw new PersonErased(`the key of ${personId} was destroyed`);
    return key;
  }

  /**
   * The keys of those persons whose keys are there; who is missing was erased, or the key store lacks what it should have.
   * @throws Unopenable where the master key is not the one that they were wrapped with
   */
  async find(personIds: readonly string[]): Promise<ReadonlyMap<string, PersonKey>> {
    if (personIds.length === 0) return new Map();
    const rows = await this.store.rows<KeyRow>(
      'select person_id, wrapped_key from person_keys where person_id = any($1) and wrapped_key is not null',
      [personIds],
    );
    return new Map(rows.map((row) => [row.person_id, this.unwrapped(row)]));
  }

  /** Destroys keys for good. Persons that have none, or none any more, are no error. */
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
