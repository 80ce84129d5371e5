import { createHash } from 'node:crypto';
import { setTimeout as passing } from 'node:timers/promises';
import { Failure } from '../output/failure.ts';
import type { ApiClient } from '../trace/api-client.ts';
import type { BadLine, FileSubscriber } from './subscribers-file.ts';

/** Maximum number of subscribers in a request, as identity takes. */
const batchSize = 1000;
/** Number of batches under way. */
const batchesAtOnce = 2;
const retryDelayMs = 500;
/** Attempts on a batch of which some are not registered yet: ten minutes. */
const mostAttempts = 1200;

/** Identity, with the operator's key. */
export interface Identity {
  readonly client: Pick<ApiClient, 'call'>;
  readonly key: string;
}

/** Outcome of a line. */
export type LineOutcome =
  { readonly line: number; readonly subscriberId: string } | (BadLine & { readonly code: string });

interface Outcome {
  readonly status: number;
  readonly body: {
    readonly subscriberId?: string;
    readonly code?: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  };
}

/**
 * Registers the subscribers of a file in batches, and yields the outcome of each line, in order.
 * The key of a batch derives from its content and its line, so that a second run is answered as
 * the first one.
 * @throws ApiError, Failure
 */
export async function* importSubscribers(
  identity: Identity,
  lines: AsyncIterable<FileSubscriber | BadLine>,
  signal?: AbortSignal,
): AsyncGenerator<LineOutcome> {
  const underWay: Promise<readonly LineOutcome[]>[] = [];
  for await (const batch of batchesOf(lines)) {
    if (signal?.aborted) break;
    const sent = send(identity, batch);
    // Told when its turn comes.
    sent.catch(() => undefined);
    underWay.push(sent);
    if (underWay.length >= batchesAtOnce) yield* await underWay.shift()!;
  }
  for (const sent of underWay) yield* await sent;
  signal?.throwIfAborted();
}

/** Lines up to the next full batch of subscribers, bad ones between them included. */
async function* batchesOf(
  lines: AsyncIterable<FileSubscriber | BadLine>,
): AsyncGenerator<readonly (FileSubscriber | BadLine)[]> {
  let batch: (FileSubscriber | BadLine)[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function send(identity: Identity, batch: readonly (FileSubscriber | BadLine)[]): Promise<readonly LineOutcome[]> {
  const good = batch.filter((line) => 'msisdn' in line);
  const outcomes = (good.length > 0 ? await register(identity, good) : []).values();
  return batch.map((line) =>
    'reason' in line ? { ...line, code: 'INVALID_LINE' } : outcomeOf(line.line, outcomes.next().value!),
  );
}

/** Sends a batch until each of its subscribers has an outcome. */
async function register({ client, key }: Identity, batch: readonly FileSubscriber[]): Promise<readonly Outcome[]> {
  const body = { subscribers: batch.map(({ msisdn, name }) => ({ msisdn, name })) };
  const request = { method: 'POST', path: '/v1/subscribers:batch', key, body } as const;
  const content = createHash('sha256').update(`${batch[0]!.line}\n${JSON.stringify(body)}`);
  const idempotencyKey = `import-${content.digest('hex')}`;
  for (let attempt = 1; ; attempt++) {
    const { outcomes } = await client.call<{ readonly outcomes: readonly Outcome[] }>({ ...request, idempotencyKey });
    const open = outcomes.findIndex(isOpen);
    if (open === -1) return outcomes;
    const { status, body: told } = outcomes[open]!;
    if (attempt === mostAttempts)
      throw new Failure(`line ${batch[open]!.line}: ${status} ${told.code ?? ''} ${told.detail ?? ''}`);
    await passing(retryDelayMs);
  }
}

/** True for an outcome that is still to come. */
function isOpen({ status, body }: Outcome): boolean {
  return status === 202 || status >= 500 || body.code === 'IDEMPOTENCY_KEY_IN_FLIGHT';
}

function outcomeOf(line: number, { status, body }: Outcome): LineOutcome {
  if (status === 201) return { line, subscriberId: body.subscriberId! };
  const faults = body.errors?.map(({ pointer, detail }) => `${pointer.replace(place, '')} ${detail}`.trim());
  return { line, code: body.code ?? String(status), reason: faults?.join('; ') ?? body.detail ?? '' };
}

/** Place of a subscriber in its request, which says nothing about the file. */
const place = /^\/subscribers\/\d+\/?/;
