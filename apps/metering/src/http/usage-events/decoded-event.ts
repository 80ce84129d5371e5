import { type FieldError, parseJsonBody, ProblemError } from '@tokengrid/service';

/** An event as its JSON says it, or what is wrong with how it says that. */
export type Decoded = { readonly event: unknown } | { readonly errors: readonly FieldError[] };

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Undoes what CloudEvents' JSON format leaves to the sender: an attribute that is `null` is absent, and data may stand in `data_base64` as
 * bytes instead of in `data`.
 */
export function decodedEvent(sent: unknown): Decoded {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return { event: sent };
  const members = Object.entries(sent).filter(([, value]) => value !== null);
  // Own members whatever their names: a name that every object has is a name like any other.
  const { data_base64: encoded, ...event } = Object.fromEntries(members);
  if (encoded === undefined) return { event };
  if ('data' in event) return wrong('is there beside data: an event has one of the two');
  if (typeof encoded !== 'string' || !base64.test(encoded)) return wrong('must be base 64, with its padding');
  try {
    return { event: { ...event, data: parseJsonBody(Buffer.from(encoded, 'base64')) } };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return wrong(`does not encode JSON: ${error.problem.detail}`);
  }
}

function wrong(detail: string): Decoded {
  return { errors: [{ pointer: '/data_base64', detail }] };
}
