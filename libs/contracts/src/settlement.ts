import { z } from 'zod';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { partyId, typeId } from './ids.ts';
import { share } from './metering.ts';
import { amount, positiveSum, signedSum, sum } from './money.ts';
import { instant, ofPeriod, period, text } from './vocabulary.ts';

/** What lies in one wallet lane's escrow. */
export const escrowShare = z.strictObject({ walletLane: z.int().min(0), tokens: positiveSum });
export type EscrowShare = z.output<typeof escrowShare>;

/** What a party earned in one role, of how many uses. */
export const earned = z.strictObject({
  partyId,
  role: z.enum(['operator', 'provider', 'developer']),
  tokens: signedSum,
  uses: z.int().min(1),
});
export type Earned = z.output<typeof earned>;

/** In the own stream of the settlement lane that the usage's id hashes to. */
export const UsageAccrued = event(
  'UsageAccrued',
  'What a use paid became the shares of those who earn of it, in the first period that was still open.',
  z.strictObject({
    usageId: typeId('usg'),
    chargeId: typeId('chg'),
    payerId: partyId,
    time: instant,
    ...ofPeriod,
    /** The day of the use, where that was closed already. */
    lateFor: period.optional(),
    /** What the payer paid; zero where the app's price was nothing and the developer owes for the model it used. */
    tokens: amount,
    shares: z.array(share).min(1).max(3),
    /** Whose escrow holds the tokens, and the `WalletCharged` event that put them there; absent where there are none. */
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
  'Somebody asked for a period to be closed that is closing or closed already: nothing changed.',
  z.strictObject(ofPeriod),
);
/** In the stream `period-<YYYY-MM-DD>`. */
export const PeriodCloseRefused = event(
  'PeriodCloseRefused',
  'A period could not be closed.',
  z.strictObject({ ...ofPeriod, code: text(60), detail: text(500) }),
);
/** In the lane's own stream. */
export const LaneClosed = event(
  'LaneClosed',
  'A lane takes no more accruals for a period, and says what it has.',
  z.strictObject({
    ...ofPeriod,
    earned: z.array(earned),
    escrow: z.array(escrowShare),
    uses: z.int().min(0),
  }),
);
/** In the stream `book`, as all that follows in a closing: one stream, so that periods carry over in one order. */
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
  'A party got its statement for a period.',
  z.strictObject({
    statementId: typeId('stm'),
    ...ofPeriod,
    partyId,
    lines: z.array(earned),
    /** What earlier statements left: negative where the party owed, positive where it was owed. */
    carriedIn: signedSum,
    /** What this one leaves to the next, with the same signs. All parties' carries sum to zero. */
    carriedOut: signedSum,
    /** What is paid now: lines + carriedIn − carriedOut. */
    tokens: sum,
    payFrom: z.array(escrowShare),
  }),
);
/** In the stream `book`. */
export const PeriodClosed = event(
  'PeriodClosed',
  'All lanes have been counted and all statements made.',
  z.strictObject({ ...ofPeriod, uses: z.int().min(0), tokens: sum, statements: z.int().min(0), closedAt: instant }),
);
/** In the statement's stream, which has its id. */
export const StatementPaid = event(
  'StatementPaid',
  "A part of what a statement owes has arrived: in the party's wallet, or with the operator.",
  z.strictObject({
    statementId: typeId('stm'),
    partyId,
    ...ofPeriod,
    walletLane: z.int().min(0),
    tokens: positiveSum,
    paidBy: text(80),
  }),
);

/** Shares of what uses paid. */
export const accrualEvents = [UsageAccrued] as const;
/** The closing of a period, lane by lane. */
export const periodEvents = [
  PeriodClosing,
  PeriodCloseRepeated,
  PeriodCloseRefused,
  LaneClosed,
  LaneCounted,
  PeriodClosed,
] as const;
/** Statements, and their payment. */
export const statementEvents = [StatementMade, StatementPaid] as const;

export const settlementEvents = [...accrualEvents, ...periodEvents, ...statementEvents] as const;
export type SettlementEvent = EventOf<(typeof settlementEvents)[number]>;
export const settlementCatalogue = catalogue('settlement', settlementEvents, {
  outsideUse: 'statements, payouts',
  grant: "the operator's own finance systems: every party's earnings",
});
