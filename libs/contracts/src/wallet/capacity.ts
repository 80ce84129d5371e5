import { z } from 'zod';
import { event } from '../event.ts';
import { amount, positiveSum, signedSum, sum } from '../money.ts';

export const CapacityDeclared = event(
  'CapacityDeclared',
  'The operator declared the maximum of outstanding tokens; every lane returns its unused capacity.',
  z.strictObject({ tokens: amount, version: z.int().min(1) }),
);

export const CapacityGranted = event(
  'CapacityGranted',
  'A lane was granted a slice of the free capacity.',
  z.strictObject({
    lane: z.int().min(0),
    tokens: positiveSum,
    left: signedSum,
    /** Declaration under which it was granted. */
    version: z.int().min(1),
  }),
);

export const CapacityExhausted = event(
  'CapacityExhausted',
  "A lane's request for capacity was refused: too little is free.",
  z.strictObject({ lane: z.int().min(0), required: sum, left: signedSum }),
);

/** Negative from a lane that had issued tokens before there was a limit. */
export const CapacityReclaimed = event(
  'CapacityReclaimed',
  'Capacity that a lane returned, or that sales and expiries freed, can be granted again.',
  z.strictObject({
    lane: z.int().min(0),
    tokens: signedSum,
    left: signedSum,
    /**
     * True if the lane reported, for the first time, tokens issued before there was a limit; false
     * for capacity returned or freed later.
     */
    reported: z.boolean(),
  }),
);

/** µAIT that may be outstanding, and µAIT that are. */
const usage = { declared: amount, outstanding: sum };

export const CapacityWarningRaised = event(
  'CapacityWarningRaised',
  'Outstanding tokens reached 90 % of the declared maximum.',
  z.strictObject(usage),
);

export const CapacityWarningCleared = event(
  'CapacityWarningCleared',
  'Outstanding tokens fell below 90 % of the declared maximum.',
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
