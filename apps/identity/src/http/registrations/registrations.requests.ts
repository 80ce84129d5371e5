import { itemsAnswer, shownName } from '@tokengrid/service';
import { z } from 'zod';

/** A password that a person chooses. */
export const password = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(128)
  .meta({ description: '8 to 128 characters', example: 'correct horse battery staple' });

export const RegistrationRequest = z
  .strictObject({
    organization: z.strictObject({ name: shownName(200), kind: z.enum(['developer', 'provider']) }),
    owner: z.strictObject({ name: shownName(200), email: z.email('must be an e-mail address').max(254), password }),
  })
  .meta({ id: 'RegistrationRequest' });
export type RegistrationRequest = z.output<typeof RegistrationRequest>;

const shownKey = z
  .strictObject({ id: z.string(), secret: z.string(), scopes: z.array(z.string()) })
  .meta({ id: 'ShownApiKey', description: 'the secret is shown here, and to repeats of the request for 7 days' });

export const RegistrationAnswer = z
  .strictObject({ organizationId: z.string(), userId: z.string(), apiKey: shownKey })
  .meta({ id: 'RegistrationAnswer' });

export const SubscriberRequest = z
  .strictObject({
    msisdn: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164, such as "+8613800000001"')
      .meta({ example: '+8613800000001' }),
    name: shownName(200),
  })
  .meta({ id: 'SubscriberRequest' });
export type SubscriberRequest = z.output<typeof SubscriberRequest>;

export const SubscriberAnswer = z
  .strictObject({ subscriberId: z.string(), apiKey: shownKey })
  .meta({ id: 'SubscriberAnswer' });

/** Maximum number of subscribers in one batch: as many as a lane takes in one transaction. */
const mostInBatch = 1000;

/** An invalid subscriber of a batch. */
export class Misshapen {
  constructor(readonly sent: unknown) {}
}

export const SubscriberBatchRequest = z
  .strictObject({
    subscribers: z
      .array(z.union([SubscriberRequest, z.unknown().transform((sent) => new Misshapen(sent))]))
      .min(1)
      .max(mostInBatch),
  })
  .meta({
    id: 'SubscriberBatchRequest',
    description: 'an invalid `SubscriberRequest` is answered 400 in its own place, and does not stop the others',
  });
export type SubscriberBatchRequest = z.output<typeof SubscriberBatchRequest>;

export const SubscriberBatchAnswer = itemsAnswer({ subscriberId: 'sub_01jzx0000000000000000000ab' }).meta({
  id: 'SubscriberBatchAnswer',
  description: 'Outcome of each subscriber, in the order sent: 201 with the id, or a problem',
});
