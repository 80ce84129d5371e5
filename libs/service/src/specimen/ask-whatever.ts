import { type Catalogue, eventId, readData } from '@tokengrid/contracts';
import type { DomainEvent } from '@tokengrid/kernel';
import { eventColumns, eventOfRow, type EventRow } from '@tokengrid/event-store/postgres';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { bodiesOf } from './bodies-of.ts';

/** Answer to a request. */
export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Amount of requests: at once, and how many times. */
export interface Asking {
  readonly atOnce?: number;
  readonly runs?: number;
}

/**
 * Sends random bodies that a request's schema accepts. An event that readers would refuse becomes
 * 500 `EVENT_INVALID`, and a refusal as invalid has to name a place, since the schema accepted the
 * body.
 * @throws Error with the requests that were answered otherwise, or if none was accepted, so that
 * nothing was tested
 */
export async function askWhatever(
  schema: z.core.$ZodType,
  ask: (body: unknown) => Promise<Answered>,
  { atOnce = 8, runs = 5 }: Asking = {},
): Promise<void> {
  const bodies = fc.array(bodiesOf(schema), { minLength: atOnce, maxLength: atOnce });
  let taken = 0;
  const areAnswered = async (asked: readonly unknown[]) => {
    const answers = await Promise.all(asked.map(ask));
    taken += answers.filter(({ status }) => status < 400).length;
    const failed = answers.flatMap((answer, index) => (isAnswer(answer) ? [] : [{ asked: asked[index], ...answer }]));
    if (failed.length > 0) throw new Error(JSON.stringify(failed, undefined, 2));
  };
  await fc.assert(fc.asyncProperty(bodies, areAnswered), { numRuns: runs, endOnFailure: true });
  if (taken === 0) throw new Error('no request was accepted: nothing was tested');
}

const isAnswer = ({ status, body }: Answered) =>
  status < 500 && (body['code'] !== 'INVALID_ARGUMENT' || 'errors' in body);

/** Ids of a service's stored events that can't be read, with the reason. */
export async function unreadableEvents<E extends DomainEvent>(
  database: Pick<DataSource, 'query'>,
  catalogue: Catalogue<E>,
): Promise<readonly string[]> {
  const rows = await database.query<EventRow[]>(`select ${eventColumns} from events order by lane, sequence`);
  if (rows.length === 0) throw new Error('no event is stored: nothing was tested');
  return rows.flatMap((row) => {
    const event = eventOfRow(catalogue.service, row);
    try {
      readData(catalogue as unknown as Catalogue, event);
      return [];
    } catch (error) {
      return [`${eventId(event)} ${event.type}: ${(error as Error).message}`];
    }
  });
}
