import { setTimeout as passing } from 'node:timers/promises';
import type { Party } from '../api/parties.ts';
import type { Edge } from '../edge/edge.ts';
import type { Held, HeldMemory } from './held-memory.ts';

/** Streams that are opened at a time. */
const atOnce = 100;
/** The first unit comes at once, the second one not before the proof is over. */
const directions = 'first-unit-ms=0, unit-ms=600000';

/** Memory of the gateway before streams, with them, after they were idle, and without them. */
export interface Figures {
  readonly before: Held;
  readonly opened: Held;
  readonly later: Held;
  readonly closed: Held;
}

/** Opens streams, lets them idle, and closes them. */
export async function idleStreams(
  { edge, payer, memory }: { readonly edge: Edge; readonly payer: Party; readonly memory: HeldMemory },
  { streams, idleMs }: { readonly streams: number; readonly idleMs: number },
): Promise<Figures> {
  const before = await memory.look();
  const leaving = new AbortController();
  for (let open = 0; open < streams; open += atOnce) {
    const some = Math.min(atOnce, streams - open);
    await Promise.all(Array.from({ length: some }, () => openStream(edge, payer, leaving.signal)));
  }
  const opened = await memory.look();
  await passing(idleMs);
  const later = await memory.look();
  leaving.abort();
  await edge.settled(payer);
  return { before, opened, later, closed: await memory.look() };
}

/** A stream whose first unit is there. */
async function openStream(edge: Edge, payer: Party, signal: AbortSignal): Promise<void> {
  const response = await edge.request(edge.grid.gateways[0]!, payer, { units: 9, stream: true, directions, signal });
  if (response.status !== 200) throw new Error(`a stream was answered with ${response.status}`);
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  for (let text = ''; !/"content":"[^"]/.test(text);) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`a stream ended: ${text}`);
    text += decoder.decode(value as Uint8Array, { stream: true });
  }
}

/** Bytes that may come and go in a process that does nothing else. */
const slackBytes = 8 * 2 ** 20;
/** Maximum number of bytes of objects and buffers that an idle stream holds. */
const mostOfStream = 64 * 2 ** 10;

/** What is not as it has to be, a sentence each. */
export function complaintsOf({ before, opened, later, closed }: Figures, streams: number): readonly string[] {
  const complaints: string[] = [];
  const grown = later.heap - opened.heap;
  if (grown > slackBytes) complaints.push(`${grown} bytes more are held after a while`);
  const ofStream = (opened.heap - before.heap - slackBytes) / streams;
  if (ofStream > mostOfStream) complaints.push(`a stream holds ${Math.round(ofStream)} bytes`);
  const left = closed.heap - before.heap;
  if (left > slackBytes) complaints.push(`${left} bytes are held of streams that are over`);
  return complaints;
}
