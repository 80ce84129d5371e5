import type { ApiClient, Page } from './api-client.ts';
import { each } from './api-client.ts';
import type { Offer, TraceUse } from './trace-use.ts';

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
export function cloudEventOf(use: TraceUse, source: string, payerId: string, { model, app }: Offer) {
  return {
    specversion: '1.0',
    id: use.eventId,
    source,
    type: 'tokengrid.usage',
    subject: payerId,
    time: new Date(use.row.time).toISOString(),
    data: {
      ...(app !== undefined && { app }),
      model,
      units: { input_tokens: use.row.contextTokens, output_tokens: use.row.generatedTokens },
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

/** A charge as metering lists it. */
export interface Charge {
  readonly chargeId: string;
  readonly source: string;
  readonly eventId: string;
  readonly party: string;
  readonly tokens: string;
  readonly status: 'rated' | 'billed' | 'uncollected' | 'voided';
}

/** All charges of one source, once none of them is in progress. Cheap to poll. */
export async function settledCharges(
  metering: ApiClient,
  key: string,
  source: string,
  expected: number,
): Promise<readonly Charge[] | undefined> {
  const path = `/v1/charges?source=${encodeURIComponent(source)}`;
  const underWay = await metering.call<Page<Charge>>({ method: 'GET', path: `${path}&status=rated&limit=1`, key });
  if (underWay.data.length > 0) return undefined;
  const charges: Charge[] = [];
  for await (const charge of metering.all<Charge>(path, key)) charges.push(charge);
  const done = charges.filter(({ status }) => status === 'billed' || status === 'uncollected');
  return done.length === expected ? charges : undefined;
}
