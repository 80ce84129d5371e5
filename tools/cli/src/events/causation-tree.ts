import { eventId, type StoredEvent } from '@tokengrid/contracts';
import { dataText, timeText } from './event-text.ts';

/** Events with the same cause, each with its own effects. */
interface Branch {
  readonly event: StoredEvent;
  readonly causes: readonly Branch[];
}

/**
 * Events of one correlation as a tree across services, a line each, effects below their causes.
 * Events without a cause among them stand at the top, with the time since the first event.
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
