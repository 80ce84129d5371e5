import { z } from 'zod';
import { event } from '../event.ts';
import { positiveSum, signedSum } from '../money.ts';
import { retirementId } from './fees.ts';
import { earnings, postings, refusal, walletId } from './words.ts';

export const CapacityReceived = event(
  'CapacityReceived',
  "A lane's slice of the capacity has arrived: it may issue that much more.",
  z.strictObject({ tokens: positiveSum, version: z.int().min(1) }),
);

/** Negative from a lane that had issued tokens before there was a limit. */
export const CapacityReturned = event(
  'CapacityReturned',
  'A lane gave back the capacity that it had not used; from now on it issues only what it is granted.',
  z.strictObject({
    tokens: signedSum,
    version: z.int().min(1),
    /** True once per lane: it had no limit before, and says what it had issued. */
    first: z.boolean(),
  }),
);

/** With each purchase that waits to be paid: `CapacityUsed` or `CapacityFreed` say what became of it. */
export const CapacityReserved = event(
  'CapacityReserved',
  'A lane keeps what it may issue for a purchase that waits to be paid.',
  z.strictObject({ walletId, tokens: positiveSum }),
);

/** Absent: it was not reserved before. */
const reserved = z.literal(true).optional();

/** With each event that issues tokens. */
export const CapacityUsed = event(
  'CapacityUsed',
  'A lane issued tokens.',
  z.strictObject({ walletId, tokens: positiveSum, reserved }),
);

/** With each event that takes tokens out of the world, and for purchases that are not paid. */
export const CapacityFreed = event(
  'CapacityFreed',
  'Tokens are gone, so that others can be issued in their place.',
  z.strictObject({
    /** Absent where they were the operator's fees. */
    walletId: walletId.optional(),
    tokens: positiveSum,
    /** True where there is a limit: the capacity goes back to be granted again. */
    returned: z.boolean(),
    reserved,
  }),
);

export const EscrowReleased = event(
  'EscrowReleased',
  "What a statement owes a party out of one lane's escrow is on its way to the party's wallet.",
  z.strictObject({ ...earnings, toWalletId: walletId, postings }),
);

export const FeesCollected = event(
  'FeesCollected',
  "What a statement owes the operator out of one lane's escrow is the operator's.",
  z.strictObject({ ...earnings, postings }),
);

/** With `CapacityFreed`. */
export const FeesRetired = event(
  'FeesRetired',
  "Fees of the operator's left the world: others can be issued in their place.",
  z.strictObject({ retirementId, tokens: positiveSum, postings }),
);

/** Never happens while the books balance. */
export const EscrowRefused = event(
  'EscrowRefused',
  "A statement asked for more than a lane's escrow holds.",
  z.strictObject({ ...earnings, ...refusal }),
);

/** Events of the lanes' own streams. */
export const walletLaneEvents = [
  CapacityReceived,
  CapacityReturned,
  CapacityReserved,
  CapacityUsed,
  CapacityFreed,
  EscrowReleased,
  FeesCollected,
  FeesRetired,
  EscrowRefused,
] as const;
