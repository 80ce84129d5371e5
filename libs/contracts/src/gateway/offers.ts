import { z } from 'zod';
import { event } from '../event.ts';
import { partyId, typeId } from '../ids.ts';
import { instant, text } from '../vocabulary.ts';

/*
 * Events of an offer of a model at the network's edge, all in the stream `offer-<modelId>`.
 */

const offer = { modelId: typeId('mod') };

/** Name of the process, of its settings. */
const instance = text(120);

/** Id of credentials in the gateway's key store, which alone holds them. */
export const credentialsId = typeId('crd');

export const OfferCredentialsSet = event(
  'OfferCredentialsSet',
  'A provider set the credentials that the gateway sends to its offer; they are sealed in the key store alone.',
  z.strictObject({
    ...offer,
    providerId: partyId,
    credentialsId,
    by: text(60),
    /** Milliseconds for which the former ones are used where these are refused. */
    overlapMs: z.int().min(0),
  }),
);

export const OfferTripped = event(
  'OfferTripped',
  'A process of the gateway sends an offer no requests for a while: it failed, or asked for a pause.',
  z.strictObject({ ...offer, instance, why: z.enum(['failing', 'busy']), until: instant }),
);

export const OfferRecovered = event(
  'OfferRecovered',
  'A process of the gateway sends an offer requests again.',
  z.strictObject({ ...offer, instance }),
);

/** Offers at the edge: their credentials and their health. */
export const offerEvents = [OfferCredentialsSet, OfferTripped, OfferRecovered] as const;
