import type { Pool } from 'pg';

/** Persons whose personal data can't be read any more, by why. */
export interface UnreadablePersons {
  /** Their key was destroyed on request: as it should be. */
  readonly erased: readonly string[];
  /** The key store has never heard of them: it is another one, or an older backup. */
  readonly lost: readonly string[];
}

/**
 * Compares the persons in identity's events with the key store. A restore brings back the events, but the keys are only in the key
 * store and its own backups.
 */
export async function unreadablePersons(identity: Pool, keyStore: Pool): Promise<UnreadablePersons> {
  const { rows: persons } = await identity.query<{ person: string }>(
    `select distinct found[1] as person
     from events, regexp_matches(convert_from(value, 'UTF8'), 'enc:v1:([a-z]+_[0-9a-z]{26}):', 'g') found order by 1`,
  );
  const { rows: keys } = await keyStore.query<{ person: string; there: boolean }>(
    'select person_id as person, wrapped_key is not null as there from person_keys where person_id = any($1)',
    [persons.map(({ person }) => person)],
  );
  const known = new Map(keys.map(({ person, there }) => [person, there]));
  return {
    erased: persons.flatMap(({ person }) => (known.get(person) === false ? [person] : [])),
    lost: persons.flatMap(({ person }) => (known.has(person) ? [] : [person])),
  };
}
