import { type EventOf, OfferCredentialsSet } from '@tokengrid/contracts';
import type { Offer } from '../state/offer.ts';

/** Credentials that were sealed for an offer. */
export interface SetCredentials {
  readonly modelId: string;
  readonly providerId: string;
  readonly credentialsId: string;
  /** Key that set them. */
  readonly by: string;
  readonly overlapMs: number;
}

/** States that an offer's provider set its credentials, which are in the key store by then. */
export function setCredentials(_offer: Offer, set: SetCredentials): readonly [EventOf<typeof OfferCredentialsSet>] {
  return [OfferCredentialsSet({ ...set })];
}
