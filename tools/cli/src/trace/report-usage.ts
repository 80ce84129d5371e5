import { parse } from 'csv-parse/sync';
import type { ApiClient, Page } from './api-client.ts';
import { each } from './api-client.ts';
import { isByUse, type Offer, type TraceUse, unitsOf } from './trace-use.ts';

/** Metering's answer to reported events. */
export interface Accepted {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly eventId: string; readonly detail: string }[];
}

interface BatchAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly detail: string }[];
}

const perBatch = 500;
const batchesAtOnce = 4;

/** The CloudEvent of a use. */
export function cloudEventOf(use: TraceUse, source: string, payerId: string, offer: Offer) {
  const { app } = offer;
  return {
    specversion: '1.0',
    id: use.eventId,
    source,
    type: 'tokengrid.usage',
    subject: payerId,
    time: new Date(use.row.time).toISOString(),
    data: {
      ...(app !== undefined && { app }),
      ...(isByUse(offer) && { model: offer.model, ...(offer.offer !== undefined && { offer: offer.offer }) }),
      units: unitsOf(use.row),
    },
  };
}

/** Reports events in batches; a repeat of any of them changes nothing. */
export async function reportUsage(
  metering: ApiClient,
  key: string,
  events: readonly ReturnType<typeof cloudEventOf>[],
  progress: (sent: number) => void,
): Promise<Accepted> {
  const batches: (typeof events)[] = [];
  for (let at = 0; at < events.length; at += perBatch) batches.push(events.slice(at, at + perBatch));
  let sent = 0;
  const answers = await each(batches, batchesAtOnce, async (batch) => {
    const answer = await metering.call<BatchAnswer>({
      method: 'POST',
      path: '/v1/events',
      key,
      body: batch,
      contentType: 'application/cloudevents-batch+json',
    });
    sent += batch.length;
    progress(sent);
    return { batch, answer };
  });
  return {
    accepted: answers.reduce((sum, { answer }) => sum + answer.accepted, 0),
    duplicates: answers.reduce((sum, { answer }) => sum + answer.duplicates, 0),
    rejected: answers.flatMap(({ batch, answer }) =>
      answer.rejected.map(({ index, detail }) => ({ eventId: batch[index]?.id ?? `#${index}`, detail })),
    ),
  };
}

/** A charge as metering exports it. */
export interface Charge {
  readonly eventId: string;
  readonly party: string;
  readonly app: string;
  readonly tokens: string;
  readonly status: 'rated' | 'billed' | 'uncollected' | 'voided';
}

/**
 * Charges of uses, from the CSV export of a query, once none of it is in progress. Cheap to poll.
 * @param query such as `source=/story/1`
 */
export async function settledCharges(
  metering: ApiClient,
  key: string,
  query: string,
  uses: readonly Pick<TraceUse, 'eventId'>[],
): Promise<readonly Charge[] | undefined> {
  const path = `/v1/charges?${query}`;
  const underWay = await metering.call<Page<Charge>>({ method: 'GET', path: `${path}&status=rated&limit=1`, key });
  if (underWay.data.length > 0) return undefined;
  const csv = await metering.text({ method: 'GET', path: `${path}&format=csv`, key });
  const charges = parse<Charge>(csv, { columns: true, record_delimiter: '\r\n' });
  const wanted = new Set(uses.map(({ eventId }) => eventId));
  const done = charges.filter(({ eventId, status }) => wanted.has(eventId) && status !== 'rated');
  return done.length === wanted.size ? done : undefined;
}
