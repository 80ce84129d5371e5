import { z } from 'zod';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { partyId, typeId } from './ids.ts';
import { share } from './metering.ts';
import { amount, positiveSum, signedSum, sum } from './money.ts';
import { instant, ofPeriod, period, text } from './vocabulary.ts';
import { codesOf } from './refusals/commands.ts';
import { settlementRefusals } from './refusals/settlement.ts';

/** Tokens in the escrow of one wallet lane. */
export const escrowShare = z.strictObject({ walletLane: z.int().min(0), tokens: positiveSum });
export type EscrowShare = z.output<typeof escrowShare>;

/** Earnings of a party in one role, with the number of uses. */
export const earned = z.strictObject({
  partyId,
  role: z.enum(['operator', 'provider', 'developer']),
  tokens: signedSum,
  uses: z.int().min(1),
});
export type Earned = z.output<typeof earned>;

/** In the own stream of the settlement lane to which the usage's id hashes. */
export const UsageAccrued = event(
  'UsageAccrued',
  'A paid use was accrued: its shares count in the first open period.',
  z.strictObject({
    usageId: typeId('usg'),
    chargeId: typeId('chg'),
    payerId: partyId,
    time: instant,
    ...ofPeriod,
    /** Day of the use, if its period was already closed. */
    lateFor: period.optional(),
    /** Tokens that the payer paid; zero if the app is free and the developer pays for the model. */
    tokens: amount,
    shares: z.array(share).min(1).max(3),
    /**
     * Lane whose escrow holds the tokens, and the `WalletCharged` event that put them there; absent
     * without tokens.
     */
    walletLane: z.int().min(0).optional(),
    chargedBy: text(80).optional(),
  }),
);

/** In the stream `period-<YYYY-MM-DD>`. */
export const PeriodClosing = event(
  'PeriodClosing',
  'The operator closes a period: every lane is asked for its totals.',
  z.strictObject({ ...ofPeriod, lanes: z.int().min(1), early: z.boolean() }),
);
/** In the stream `period-<YYYY-MM-DD>`. */
export const PeriodCloseRepeated = event(
  'PeriodCloseRepeated',
  'A period was to be closed that is closing or closed already: nothing changed.',
  z.strictObject(ofPeriod),
);
/** In the stream `period-<YYYY-MM-DD>`. */
export const PeriodCloseRefused = event(
  'PeriodCloseRefused',
  'A period could not be closed.',
  z.strictObject({
    ...ofPeriod,
    code: codesOf(settlementRefusals, 'closePeriod'),
    /** The operator's day by then, and the one that usage of then counts for. */
    today: period,
    accruingTo: period,
  }),
);
/** In the lane's own stream. */
export const LaneClosed = event(
  'LaneClosed',
  'A lane closed a period: it accepts no more accruals for it and reports its totals.',
  z.strictObject({
    ...ofPeriod,
    earned: z.array(earned),
    escrow: z.array(escrowShare),
    uses: z.int().min(0),
  }),
);
/**
 * In the stream `book`, like the rest of a closing: one stream keeps the carries of periods in
 * order.
 */
export const LaneCounted = event(
  'LaneCounted',
  "A lane's totals were added to its period.",
  z.strictObject({
    ...ofPeriod,
    lane: z.int().min(0),
    earned: z.array(earned),
    escrow: z.array(escrowShare),
    uses: z.int().min(0),
  }),
);
/** In the stream `book`. */
export const StatementMade = event(
  'StatementMade',
  "A party's statement for a period was made.",
  z.strictObject({
    statementId: typeId('stm'),
    ...ofPeriod,
    partyId,
    lines: z.array(earned),
    /** Carry of earlier statements: negative if the party owed, positive if it was owed. */
    carriedIn: signedSum,
    /** Carry to the next statement, with the same sign. The carries of all parties sum to zero. */
    carriedOut: signedSum,
    /** Tokens paid now: lines + carriedIn − carriedOut. */
    tokens: sum,
    payFrom: z.array(escrowShare),
  }),
);
/** In the stream `book`. */
export const PeriodClosed = event(
  'PeriodClosed',
  'A period was closed: all lanes are counted and all statements made.',
  z.strictObject({ ...ofPeriod, uses: z.int().min(0), tokens: sum, statements: z.int().min(0), closedAt: instant }),
);
/** In the statement's stream, which has its id. */
export const StatementPaid = event(
  'StatementPaid',
  "A part of a statement was paid: it arrived in the party's wallet, or with the operator.",
  z.strictObject({
    statementId: typeId('stm'),
    partyId,
    ...ofPeriod,
    walletLane: z.int().min(0),
    tokens: positiveSum,
    paidBy: text(80),
  }),
);

/** Events of the lanes' own streams. */
export const settlementLaneEvents = [UsageAccrued, LaneClosed] as const;
/** Events of the streams `period-<YYYY-MM-DD>`. */
export const periodEvents = [PeriodClosing, PeriodCloseRepeated, PeriodCloseRefused] as const;
/** Events of the stream `book`. */
export const bookEvents = [LaneCounted, StatementMade, PeriodClosed] as const;
/** Events of the statements' streams. */
export const statementEvents = [StatementPaid] as const;

export const settlementEvents = [...settlementLaneEvents, ...periodEvents, ...bookEvents, ...statementEvents] as const;
export type SettlementEvent = EventOf<(typeof settlementEvents)[number]>;
export const settlementCatalogue = catalogue('settlement', settlementEvents, {
  outsideUse: 'statements, payouts',
  grant: "the operator's own finance systems: every party's earnings",
});
