import { z } from 'zod';
import { event } from '../event.ts';
import { amount, positiveSum, signedSum, sum } from '../money.ts';

export const CapacityDeclared = event(
  'CapacityDeclared',
  'The operator declared how many tokens may be outstanding; every lane gives back what it has not used.',
  z.strictObject({ tokens: amount, version: z.int().min(1) }),
);

export const CapacityGranted = event(
  'CapacityGranted',
  'A lane got a slice of the capacity, out of what no lane has.',
  z.strictObject({
    lane: z.int().min(0),
    tokens: positiveSum,
    left: signedSum,
    /** The declaration that it was granted under. */
    version: z.int().min(1),
  }),
);

export const CapacityExhausted = event(
  'CapacityExhausted',
  'A lane asked for more capacity than is left.',
  z.strictObject({ lane: z.int().min(0), required: sum, left: signedSum }),
);

/** Negative from a lane that had issued tokens before there was a limit. */
export const CapacityReclaimed = event(
  'CapacityReclaimed',
  'Capacity that a lane gave back, or that its sales and expiries freed, can be granted again.',
  z.strictObject({
    lane: z.int().min(0),
    tokens: signedSum,
    left: signedSum,
    /** True where the lane said for the first time what it had issued before there was a limit; false for all that it gave back or freed later. */
    reported: z.boolean(),
  }),
);

/** µAIT that may be outstanding, and that are. */
const usage = { declared: amount, outstanding: sum };

export const CapacityWarningRaised = event(
  'CapacityWarningRaised',
  'At least 90 % of the tokens that may be outstanding are.',
  z.strictObject(usage),
);

export const CapacityWarningCleared = event(
  'CapacityWarningCleared',
  'Less than 90 % of the tokens that may be outstanding are, after it had been more.',
  z.strictObject(usage),
);

/** Events of the stream `capacity`. */
export const capacityEvents = [
  CapacityDeclared,
  CapacityGranted,
  CapacityExhausted,
  CapacityReclaimed,
  CapacityWarningRaised,
  CapacityWarningCleared,
] as const;
