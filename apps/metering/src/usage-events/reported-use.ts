import { derivedId, instantOf } from '@tokengrid/contracts';
import type { FieldError } from '@tokengrid/service';
import type { z } from 'zod';
import type { Use } from '../decisions/state/usage.ts';
import { cloudEvent } from './cloud-event.ts';
import { decodedEvent } from './decoded-event.ts';

/** Maximum time that a use may be in the future, for differing clocks. */
const clockSkewMs = 60 * 60 * 1000;

/** Reporter, and arrival of the report in epoch milliseconds. */
export interface Receipt {
  readonly reportedBy: string;
  readonly receivedAt: number;
}

/** Use of an event, or the faults of the event. */
export type Read = { readonly use: Use } | { readonly errors: readonly FieldError[] };

/** Parses an unchecked usage event. */
export function readUse(event: unknown, { reportedBy, receivedAt }: Receipt): Read {
  const decoded = decodedEvent(event);
  if ('errors' in decoded) return decoded;
  const parsed = cloudEvent.safeParse(decoded.event);
  if (!parsed.success) return { errors: fieldErrors(parsed.error) };
  const { id, source, subject, time, data } = parsed.data;
  const usedAt = time ?? receivedAt;
  if (usedAt > receivedAt + clockSkewMs) {
    return { errors: [{ pointer: '/time', detail: 'must not be more than an hour in the future' }] };
  }
  const names = {
    ...(data.app !== undefined && { app: data.app }),
    ...(data.model !== undefined && { model: data.model }),
    ...(data.key !== undefined && { key: data.key }),
  };
  return {
    use: {
      usageId: usageIdOf(reportedBy, source, id),
      source,
      eventId: id,
      reportedBy,
      partyId: subject,
      time: instantOf(usedAt),
      ...names,
      units: data.units,
    },
  };
}

/**
 * Id of a use, from the reporter and its `source` and `id`: reporters that choose the same ones do
 * not take each other's usage for repeats.
 */
export function usageIdOf(reportedBy: string, source: string, id: string): string {
  return derivedId('usg', reportedBy, source, id);
}

function fieldErrors({ issues }: z.ZodError): FieldError[] {
  return issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ pointer: `${path}/${key}`, detail: 'unknown field' }));
    }
    return [{ pointer: path, detail: issue.message.replace(/^Invalid input: /, '') }];
  });
}
