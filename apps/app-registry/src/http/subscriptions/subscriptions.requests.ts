import { instant, slug, text } from '@tokengrid/contracts';
import { pageOf } from '@tokengrid/service';
import { z } from 'zod';

export const SubscriptionRequest = z.strictObject({ planId: text(40) }).meta({ id: 'SubscriptionRequest' });
export type SubscriptionRequest = z.output<typeof SubscriptionRequest>;

export const SubscriptionAnswer = z
  .strictObject({
    subscriptionId: z.string(),
    appId: z.string(),
    slug,
    partyId: z.string(),
    version: z.int(),
    planId: z.string(),
    status: z.enum(['active', 'ended']),
    from: instant,
    until: instant.nullable().optional(),
  })
  .meta({ id: 'Subscription' });

export const SubscriptionList = pageOf(SubscriptionAnswer).meta({ id: 'SubscriptionList' });
