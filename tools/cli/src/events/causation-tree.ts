import { eventId, type StoredEvent } from '@tokengrid/contracts';
import { dataText, timeText } from './event-text.ts';

/** Events that one cause led to, and what each of them led to. */
interface Branch {
  readonly event: StoredEvent;
  readonly causes: readonly Branch[];
}

/**
 * The events of one correlation as a tree across services, a line each: what an event caused stands below it. What no event among them
 * caused stands at the top, with how long after the first event it happened.
 */
export function causationTree(events: readonly StoredEvent[]): readonly string[] {
  const sorted = events.toSorted((one, other) => one.time - other.time || one.sequence - other.sequence);
  const [first] = sorted;
  if (first === undefined) return [];
  const known = new Set(sorted.map(eventId));
  const byCause = Map.groupBy(sorted, ({ causationId }) => (known.has(causationId) ? causationId : ''));
  const branchesOf = (cause: string): Branch[] =>
    (byCause.get(cause) ?? []).map((event) => ({ event, causes: branchesOf(eventId(event)) }));
  const lines: string[] = [];
  for (const branch of branchesOf('')) print(branch, '', '', first.time, lines);
  return lines;
}

function print({ event, causes }: Branch, lead: string, below: string, start: number, lines: string[]): void {
  const when = start === event.time ? timeText(event.time) : `+${event.time - start} ms`;
  const what = [eventId(event), event.streamId, `#${event.revision}`, event.type, dataText(event.value)];
  lines.push(`${lead}${what.filter((part) => part !== '').join(' ')}  (${when})`);
  causes.forEach((cause, index) => {
    const last = index === causes.length - 1;
    print(cause, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`, start, lines);
  });
}
