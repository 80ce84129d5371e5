import { PartyRefused, SubscriberRegistered } from '@tokengrid/contracts';
import type { KeyToIssue } from '../rules/api-keys.ts';
import { issued } from '../rules/api-keys.ts';
import type { Party } from '../state/party.ts';
import type { Reservation } from '../rules/registrations.ts';
import { registrationRefusal } from '../rules/registrations.ts';
import type { Decided } from '../rules/decided.ts';

export interface RegisterSubscriber {
  readonly partyId: string;
  /** Encrypted with the subscriber's own key, as the number. */
  readonly name: string;
  readonly msisdn: string;
  readonly contactStreamId: string;
  /** Absent for those of a batch. */
  readonly firstKey: KeyToIssue | undefined;
  /** Result of reserving the phone number. */
  readonly reservation: Reservation<'msisdn'>;
}

/** Registers a subscriber, perhaps with a first API key, if the phone number is reserved for it. */
export function registerSubscriber(
  state: Party,
  { reservation, firstKey, ...subscriber }: RegisterSubscriber,
): Decided<'registerSubscriber'> {
  const { partyId } = subscriber;
  const refusal = registrationRefusal(state, reservation);
  if (refusal) return [PartyRefused({ partyId, ...refusal })];
  if (!firstKey) return [SubscriberRegistered({ ...subscriber, keyless: true })];
  return [SubscriberRegistered(subscriber), issued(partyId, 'subscriber', firstKey)];
}
