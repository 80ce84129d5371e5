import { consent, instant, slug, text } from '@tokengrid/contracts';
import { pageOf } from '@tokengrid/service';
import { z } from 'zod';

export const ConsentRequest = z
  .strictObject({ scopes: consent.scopes.default([]), dataUse: consent.dataUse.default([]) })
  .meta({ id: 'ConsentRequest', description: "scopes and uses of data, of those that the app's manifest names" });
export type ConsentRequest = z.output<typeof ConsentRequest>;

export const SubscriptionRequest = z
  .strictObject({ planId: text(40), consent: ConsentRequest.optional() })
  .meta({ id: 'SubscriptionRequest' });
export type SubscriptionRequest = z.output<typeof SubscriptionRequest>;

export const PlanRequest = z.strictObject({ planId: text(40) }).meta({ id: 'PlanRequest' });
export type PlanRequest = z.output<typeof PlanRequest>;

export const EndRequest = z
  .strictObject({
    at: z.enum(['now', 'period-end']).meta({ description: '`period-end`: at the end of the month that has begun' }),
  })
  .meta({ id: 'EndRequest', example: { at: 'period-end' } });
export type EndRequest = z.output<typeof EndRequest>;

const Consent = z.strictObject(consent);
export const ConsentAnswer = Consent.extend({ subscriptionId: z.string() }).meta({ id: 'ConsentSet' });

export const SubscriptionAnswer = z
  .strictObject({
    subscriptionId: z.string(),
    appId: z.string(),
    slug,
    partyId: z.string(),
    version: z.int(),
    planId: z.string(),
    status: z.enum(['active', 'unpaid', 'ended']),
    from: instant,
    until: instant.nullable().optional(),
    trialUntil: instant.optional(),
    graceUntil: instant.optional(),
    consent: Consent.optional(),
  })
  .meta({ id: 'Subscription', description: 'unpaid: the wallet refused the fee; it ends at `graceUntil` unless paid' });

export const SubscriptionList = pageOf(SubscriptionAnswer).meta({ id: 'SubscriptionList' });
