import { invalidArgument, type ProblemError } from '@tokengrid/service';
import type { Tally } from '../../flows/tally.ts';
import type { Reported } from '../../usage-events/reported.ts';
import { reportedBy } from '../usage-events/content-modes.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Reads what OpenMeter's clients send: CloudEvents' content modes, and one event or an array of
 * them as plain JSON.
 * @throws ProblemError 400 for a body that does not fit its mode, 415 for another media type
 */
export function openMeterReport(headers: Headers, body: unknown): Reported {
  const isPlain = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
  const isBinary = headers['ce-specversion'] !== undefined;
  if (isPlain && !isBinary) {
    return Array.isArray(body)
      ? { events: body.map(withZone), mode: 'batched' }
      : { events: [withZone(body)], mode: 'structured' };
  }
  const { events, mode } = reportedBy(headers, body);
  return { events: events.map(withZone), mode };
}

const withoutZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$/;

/** LiteLLM sends its times without a zone under some versions of Python: they are UTC. */
function withZone(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || !('time' in event)) return event;
  const { time } = event;
  return typeof time === 'string' && withoutZone.test(time) ? { ...event, time: `${time}Z` } : event;
}

/** Most rejections that one answer lists. */
const mostListed = 100;

/**
 * Error of a batch with rejected events: 204 would hide them.
 * @param count number of events in the batch
 */
export function someRejected({ rejected }: Tally, count: number): ProblemError {
  const [first] = rejected;
  const detail = `${rejected.length} of ${count} events rejected, the others are taken; event ${first!.index}: ${first!.detail}`;
  return invalidArgument(
    detail,
    rejected.slice(0, mostListed).map((each) => ({ pointer: `/${each.index}`, detail: each.detail })),
  );
}
