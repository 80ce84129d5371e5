import { z } from 'zod';
import { event } from '../event.ts';
import { derivedId, partyId, typeId } from '../ids.ts';
import { operatorBps, slug } from '../market-words.ts';
import { amount, sum } from '../money.ts';
import { appRegistryRefusals } from '../refusals/app-registry.ts';
import { codesOf } from '../refusals/commands.ts';
import { instant, text } from '../vocabulary.ts';

const subscription = { subscriptionId: typeId('sbn'), appId: typeId('app'), slug, partyId };
/** Most seats of a subscription. */
export const mostSeats = 100_000;
/** Number of seats of a subscription. */
export const seats = z.int().min(1).max(mostSeats);

const terms = { developerId: partyId, version: z.int().min(1), planId: text(40) };
/** API key of the party that asked for what is due, whose caps bind the fees; absent: no key. */
const key = typeId('key').optional();

/** Consent of a subscriber: scopes granted to the app, and uses of data agreed to. */
export const consent = {
  scopes: z.array(text(80)).max(50),
  dataUse: z.array(text(200)).max(50),
};

/**
 * In the stream `subscription-<appId>-<partyId>`: a party has one subscription to an app at a time.
 */
export const AppSubscribed = event(
  'AppSubscribed',
  'A party subscribed to a plan of an app.',
  z.strictObject({
    ...subscription,
    ...terms,
    from: instant,
    /** Absent: as the plan says. A party has one trial of an app. */
    trialUntil: instant.optional(),
    seats: seats.optional(),
    credit: sum.optional(),
    key,
    consent: z.strictObject(consent).optional(),
  }),
);
/** The fee of a period is due at its start: at once, at the end of a trial, and each month. */
export const SubscriptionRenewed = event(
  'SubscriptionRenewed',
  "A subscription's fee is due for a time, as a part of the month.",
  z.strictObject({
    ...{ ...subscription, ...terms, operatorBps, from: instant, until: instant },
    ...{ monthlyFee: amount, seatFee: amount, seats, fee: amount, credit: sum, key },
  }),
);
/** Before the end of a trial nothing is due. Of removed seats the rest of the month is credit. */
export const SeatsSet = event(
  'SeatsSet',
  'The number of seats of a subscription was set; what is due for added ones until the month ends.',
  z.strictObject({
    ...{ ...subscription, ...terms, operatorBps, from: instant, until: instant },
    ...{ seats, fee: amount, credit: sum, key },
  }),
);
export const SubscriptionUnpaid = event(
  'SubscriptionUnpaid',
  "The wallet refused a subscription's fee: the subscription ends unless the fee is paid in time.",
  z.strictObject({ ...subscription, usageId: typeId('usg'), refusal: text(60), graceUntil: instant }),
);
export const SubscriptionPaid = event(
  'SubscriptionPaid',
  'A fee that the wallet had refused was paid: the subscription goes on once all are.',
  z.strictObject({ ...subscription, usageId: typeId('usg'), unpaid: z.int().min(1).optional() }),
);
export const ConsentSet = event(
  'ConsentSet',
  'A subscriber set or withdrew its consent to scopes and uses of data.',
  z.strictObject({ ...subscription, ...consent }),
);
export const AppUnsubscribed = event(
  'AppUnsubscribed',
  'A subscription ends, at once or at a stated time.',
  z.strictObject({
    ...subscription,
    until: instant,
    /** Absent: the party asked for it. */
    reason: z.enum(['changed', 'unpaid']).optional(),
  }),
);
export const SubscriptionRefused = event(
  'SubscriptionRefused',
  'A command to a subscription was refused.',
  z.strictObject({
    appId: typeId('app'),
    partyId,
    code: codesOf(
      appRegistryRefusals,
      'subscribeToApp',
      'changePlan',
      'setSeats',
      'setConsent',
      'renewSubscription',
      'settleFee',
      'endUnpaid',
      'endSubscription',
    ),
    /** Plans that are on offer. */
    planIds: z.array(text(40)).optional(),
  }),
);

/** Source of the use by which a subscription's fee is charged. */
export const subscriptionSource = 'tokengrid:subscription';

/** Id of the use by which the fee for a time from `from` on is charged. */
export const feeUsageId = (subscriptionId: string, from: string): string =>
  derivedId('usg', subscriptionSource, subscriptionId, from);

/** Subscriptions of parties to apps. */
export const subscriptionEvents = [
  AppSubscribed,
  SubscriptionRenewed,
  SeatsSet,
  SubscriptionUnpaid,
  SubscriptionPaid,
  ConsentSet,
  AppUnsubscribed,
  SubscriptionRefused,
] as const;
