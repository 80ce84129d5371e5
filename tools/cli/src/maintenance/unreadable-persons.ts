import { acrossLanes } from '@tokengrid/event-store/postgres';
import type { Pool } from 'pg';

/** Persons whose personal data can't be read any more, by reason. */
export interface UnreadablePersons {
  /** Their key was destroyed on request, as intended. */
  readonly erased: readonly string[];
  /** The key store does not know them: it is another one, or an older backup. */
  readonly lost: readonly string[];
}

/** SQLSTATEs of a lost key store: no such table, or no such database. */
const lostStore: readonly unknown[] = ['42P01', '3D000'];

/**
 * Compares the persons in identity's events with the key store. A restore brings back the events,
 * but the keys are only in the key store and its own backups.
 */
export async function unreadablePersons(identity: Pool, keyStore: Pool): Promise<UnreadablePersons> {
  const { rows: persons } = await identity.query<{ person: string }>(
    `${acrossLanes} select distinct found[1] as person
     from events, regexp_matches(convert_from(value, 'UTF8'), 'enc:v1:([a-z]+_[0-9a-z]{26}):', 'g') found order by 1`,
  );
  const known = await keysOf(
    persons.map(({ person }) => person),
    keyStore,
  );
  return {
    erased: persons.flatMap(({ person }) => (known.get(person) === false ? [person] : [])),
    lost: persons.flatMap(({ person }) => (known.has(person) ? [] : [person])),
  };
}

/** True or false by person: whether its key exists. A lost key store knows no person. */
async function keysOf(persons: readonly string[], keyStore: Pool): Promise<ReadonlyMap<string, boolean>> {
  try {
    const { rows } = await keyStore.query<{ person: string; there: boolean }>(
      'select person_id as person, wrapped_key is not null as there from person_keys where person_id = any($1)',
      [persons],
    );
    return new Map(rows.map(({ person, there }) => [person, there]));
  } catch (error) {
    if (lostStore.includes((error as { code?: unknown }).code)) return new Map();
    throw error;
  }
}
