import { z } from 'zod';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { partyId, typeId } from './ids.ts';
import { modelName, slug } from './market-words.ts';
import { positiveSum, signedSum } from './money.ts';
import { instant, ofPeriod, period, text } from './vocabulary.ts';
import { codesOf } from './refusals/commands.ts';
import { settlementRefusals } from './refusals/settlement.ts';

/**
 * Tokens in the escrow of one wallet lane; negative where more was given back than charged: the
 * operator's fees go there.
 */
export const escrowShare = z.strictObject({ walletLane: z.int().min(0), tokens: signedSum });
export type EscrowShare = z.output<typeof escrowShare>;

/** Part of a statement that one wallet lane's escrow pays. */
export const statementPart = escrowShare.extend({
  /** Statement whose fees fill the lane up before. */
  filledBy: typeId('stm').optional(),
});
export type StatementPart = z.output<typeof statementPart>;

/**
 * Earnings of a party in one role, with the number of uses. Only the operator's may be negative.
 */
export const earned = z.strictObject({
  partyId,
  role: z.enum(['operator', 'provider', 'developer']),
  tokens: signedSum,
  /** Corrections are no further uses. */
  uses: z.int().min(0),
});
export type Earned = z.output<typeof earned>;

/** Most sums in one event. */
export const mostSumsOfEvent = 1_000;

/** Shares of charged uses that a party earned in one role, for one subject by one price version. */
export const accruedSum = z.strictObject({
  /** Day of the uses, if their period was already closed. */
  lateFor: period.optional(),
  partyId,
  role: z.enum(['operator', 'provider', 'developer']),
  app: slug.optional(),
  plan: text(40).optional(),
  model: modelName.optional(),
  priceVersion: text(300),
  /** Negative where more was given back than charged. */
  tokens: signedSum,
  uses: z.int().min(0),
  /** Units of these uses, by meter; of corrections, their differences. */
  units: z.record(text(63), text(40)),
});
export type AccruedSum = z.output<typeof accruedSum>;

/**
 * What refunds would have taken from a party beyond its earnings of an open period: the operator's
 * earnings of it bear it, and the party's wallet is charged.
 */
export const advance = z.strictObject({
  partyId,
  role: z.enum(['provider', 'developer']),
  tokens: positiveSum,
});
export type Advance = z.output<typeof advance>;

/** Charged uses that count for one period. */
export const accruedPeriod = z.strictObject({
  ...ofPeriod,
  uses: z.int().min(0),
  /** The sum of `sums`. */
  tokens: signedSum,
  sums: z.array(accruedSum).min(1),
  advanced: z.array(advance).max(mostSumsOfEvent),
});
export type AccruedPeriod = z.output<typeof accruedPeriod>;

/**
 * In the own stream of the settlement lane that follows the wallet's lane: one after another, each
 * beginning after the last.
 */
export const UsesAccrued = event(
  'UsesAccrued',
  "What a wallet lane's charges brought was accrued to those who earned it, each use in the first open period from its own on.",
  z.strictObject({
    walletLane: z.int().min(0),
    /** Sequences, in the wallet's lane, of the first and last `WalletCharged` that are covered. */
    from: z.int().min(1),
    to: z.int().min(1),
    /** Number of charged uses. */
    uses: z.int().min(0),
    /** What they brought, less what was given back: the sum of the periods. */
    tokens: signedSum,
    /** At most {@link mostSumsOfEvent} sums in all. */
    periods: z.array(accruedPeriod).min(1),
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
/** In the stream `book`, like the rest of a closing. */
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
    /** Sum of the lines; negative if the operator's fees bear it. */
    tokens: signedSum,
    payFrom: z.array(statementPart),
  }),
);
/** In the stream `book`. */
export const PeriodClosed = event(
  'PeriodClosed',
  'A period was closed: all lanes are counted and all statements made.',
  z.strictObject({
    ...ofPeriod,
    uses: z.int().min(0),
    tokens: signedSum,
    statements: z.int().min(0),
    closedAt: instant,
  }),
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
    /** Negative if the operator's fees went to the lane's escrow. */
    tokens: signedSum,
    paidBy: text(80),
  }),
);

/** Events of the lanes' own streams. */
export const settlementLaneEvents = [UsesAccrued, LaneClosed] as const;
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
