import type { UseFaultCode } from '@tokengrid/contracts';
import { parseJsonBody, ProblemError } from '@tokengrid/service';
import { faultAt, type UseFault } from './use-faults.ts';

/** An event from its JSON, or the faults of that JSON. */
export type Decoded = { readonly event: unknown } | { readonly errors: readonly UseFault[] };

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Normalizes options of CloudEvents' JSON format: a `null` attribute is absent, and data may be
 * bytes in `data_base64` instead of `data`.
 */
export function decodedEvent(sent: unknown): Decoded {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return { event: sent };
  const members = Object.entries(sent).filter(([, value]) => value !== null);
  // Own members whatever their names, including names that every object has.
  const { data_base64: encoded, ...event } = Object.fromEntries(members);
  if (encoded === undefined) return { event };
  if ('data' in event) return wrong('METERING.DATA_TWICE');
  if (typeof encoded !== 'string' || !base64.test(encoded)) return wrong('METERING.NOT_BASE64');
  try {
    return { event: { ...event, data: parseJsonBody(Buffer.from(encoded, 'base64')) } };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return wrong('METERING.NOT_BASE64', `does not encode JSON: ${error.problem.detail}`);
  }
}

function wrong(code: UseFaultCode, detail?: string): Decoded {
  return { errors: [faultAt('/data_base64', code, detail)] };
}
