import { z } from 'zod';
import { event } from '../event.ts';
import { positiveSum, signedSum } from '../money.ts';
import { retirementId } from './fees.ts';
import { earnings, postings, refusalFields, walletId } from './words.ts';

export const CapacityReceived = event(
  'CapacityReceived',
  'A lane received a slice of the capacity: it may issue that much more.',
  z.strictObject({ tokens: positiveSum, version: z.int().min(1) }),
);

/** Negative from a lane that had issued tokens before there was a limit. */
export const CapacityReturned = event(
  'CapacityReturned',
  'A lane returned its unused capacity; it now issues only what it is granted.',
  z.strictObject({
    tokens: signedSum,
    version: z.int().min(1),
    /**
     * True once per lane: for its first capacity, when it reports the tokens that it had issued
     * without a limit.
     */
    first: z.boolean(),
  }),
);

/** Stated with each pending purchase: `CapacityUsed` or `CapacityFreed` resolves it. */
export const CapacityReserved = event(
  'CapacityReserved',
  'A lane reserved capacity for a pending purchase.',
  z.strictObject({ walletId, tokens: positiveSum }),
);

/** Absent if the capacity was not reserved before. */
const reserved = z.literal(true).optional();

/** Stated with each event that issues tokens. */
export const CapacityUsed = event(
  'CapacityUsed',
  'A lane issued tokens.',
  z.strictObject({ walletId, tokens: positiveSum, reserved }),
);

/** Stated with each event that destroys tokens, and for unpaid purchases. */
export const CapacityFreed = event(
  'CapacityFreed',
  'Tokens left circulation: their capacity is free again.',
  z.strictObject({
    /** Absent for the operator's fees. */
    walletId: walletId.optional(),
    tokens: positiveSum,
    /** True if there is a limit: the capacity can be granted again. */
    returned: z.boolean(),
    reserved,
  }),
);

export const EscrowReleased = event(
  'EscrowReleased',
  "Escrow of one lane was released to a party's wallet, for a statement.",
  z.strictObject({ ...earnings, toWalletId: walletId, postings }),
);

export const FeesCollected = event(
  'FeesCollected',
  "Escrow of one lane was released to the operator's fees, for a statement; a negative amount went from the fees to the escrow.",
  z.strictObject({ ...earnings, tokens: signedSum, postings }),
);

/** Stated with `CapacityFreed`. */
export const FeesRetired = event(
  'FeesRetired',
  'Fees of the operator were retired: their capacity is free again.',
  z.strictObject({ retirementId, tokens: positiveSum, postings }),
);

/** Never happens while the books balance. */
export const EscrowRefused = event(
  'EscrowRefused',
  "A statement was refused: it exceeds the lane's escrow.",
  z.strictObject({ ...earnings, ...refusalFields('releaseEscrow', 'collectFees') }),
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
