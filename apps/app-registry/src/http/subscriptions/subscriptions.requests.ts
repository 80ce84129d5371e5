import { consent, instant, seats, slug, text } from '@tokengrid/contracts';
import { pageOf } from '@tokengrid/service';
import { z } from 'zod';

export const ConsentRequest = z
  .strictObject({ scopes: consent.scopes.default([]), dataUse: consent.dataUse.default([]) })
  .meta({ id: 'ConsentRequest', description: "scopes and uses of data, of those that the app's manifest names" });
export type ConsentRequest = z.output<typeof ConsentRequest>;

export const SubscriptionRequest = z
  .strictObject({
    planId: text(40),
    seats: seats.optional().meta({ description: 'Number of seats, for a plan with a `seatFee`; default: 1' }),
    consent: ConsentRequest.optional(),
  })
  .meta({ id: 'SubscriptionRequest', example: { planId: 'team', seats: 7 } });
export type SubscriptionRequest = z.output<typeof SubscriptionRequest>;

export const PlanRequest = z
  .strictObject({
    planId: text(40),
    seats: seats.optional().meta({ description: 'Number of seats, for a plan with a `seatFee`; default: as before' }),
  })
  .meta({ id: 'PlanRequest', example: { planId: 'team', seats: 7 } });
export type PlanRequest = z.output<typeof PlanRequest>;

export const SeatsRequest = z.strictObject({ seats }).meta({ id: 'SeatsRequest' });
export type SeatsRequest = z.output<typeof SeatsRequest>;

const credit = z
  .string()
  .meta({ description: 'µAIT paid and not used up, as a decimal string: taken off the next fees', example: '250000' });

export const SeatsAnswer = z
  .strictObject({
    subscriptionId: z.string(),
    seats,
    from: instant.meta({ description: 'Time from which the number holds' }),
    until: instant.meta({ description: 'End of the time that the fee is for', example: '2026-04-01T08:30:00.000Z' }),
    fee: z.string().meta({ description: 'µAIT that are due for added seats, less the credit', example: '1250000' }),
    credit,
  })
  .meta({ id: 'SeatsSet' });

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
    seats: seats.optional(),
    credit: credit.optional(),
    consent: Consent.optional(),
  })
  .meta({ id: 'Subscription', description: 'unpaid: the wallet refused the fee; it ends at `graceUntil` unless paid' });

export const SubscriptionList = pageOf(SubscriptionAnswer).meta({ id: 'SubscriptionList' });
