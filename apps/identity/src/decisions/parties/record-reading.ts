import { type EventOf, PersonalDataRead } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import type { Decided } from '../rules/decided.ts';

export type RecordReading = EventOf<typeof PersonalDataRead>['data'];

/** Records who read what of a party's personal data: the event's actor, before it is told. */
export function recordReading(_state: Party, reading: RecordReading): Decided {
  return [PersonalDataRead(reading)];
}
