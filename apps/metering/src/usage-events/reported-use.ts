import { derivedId, instantOf } from '@tokengrid/contracts';
import type { Use } from '../decisions/state/payer.ts';
import { cloudEvent } from './cloud-event.ts';
import { decodedEvent } from './decoded-event.ts';
import { sourced, type SourceMappings } from './sourced-event.ts';
import { faultAt, faultsOf, type UseFault } from './use-faults.ts';

/** Maximum time that a use may be in the future, for differing clocks. */
const clockSkewMs = 60 * 60 * 1000;

/** Reporter, its sources, and arrival of the report in epoch milliseconds. */
export interface Receipt {
  readonly reportedBy: string;
  readonly sources?: SourceMappings;
  readonly receivedAt: number;
}

/** A use, and the party that pays for it. */
export interface PayersUse {
  readonly partyId: string;
  readonly use: Use;
  /** Place of a field as it was sent, where a source says it. */
  readonly placeOf?: (pointer: string) => string;
}

/** Use of an event, or the faults of the event. */
export type Read = PayersUse | { readonly errors: readonly UseFault[] };

/** Parses an unchecked usage event. */
export function readUse(event: unknown, { reportedBy, receivedAt, sources }: Receipt): Read {
  const decoded = decodedEvent(event);
  if ('errors' in decoded) return decoded;
  const { event: asUse, placeOf } = sourced(decoded.event, sources);
  const parsed = cloudEvent.safeParse(asUse);
  if (!parsed.success) {
    return { errors: faultsOf(parsed.error).map((fault) => ({ ...fault, pointer: placeOf(fault.pointer) })) };
  }
  const { id, source, subject, time, data } = parsed.data;
  const usedAt = time ?? receivedAt;
  if (usedAt > receivedAt + clockSkewMs) {
    return { errors: [faultAt('/time', 'METERING.IN_THE_FUTURE')] };
  }
  const names = {
    ...(data.app !== undefined && { app: data.app }),
    ...(data.model !== undefined && { model: data.model }),
    ...(data.offer !== undefined && { offer: data.offer }),
    ...(data.key !== undefined && { key: data.key }),
  };
  return {
    partyId: subject,
    placeOf,
    use: {
      usageId: usageIdOf(reportedBy, source, id),
      source,
      eventId: id,
      reportedBy,
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
