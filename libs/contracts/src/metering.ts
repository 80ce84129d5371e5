import { z } from 'zod';
import { meterName, modelName, slug } from './market-words.ts';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { keyId, partyId, typeId } from './ids.ts';
import { amount, positiveAmount, signedAmount, unitPrice } from './money.ts';
import { instant, signedUnits, text, units } from './vocabulary.ts';
import { codesOf } from './refusals/commands.ts';
import { meteringRefusals, useFaultCodes } from './refusals/metering.ts';
import { countedIn } from './metering/counted.ts';
import { ofReport, sliceEvents } from './metering/slices.ts';
import { usageAlertEvents } from './metering/usage-alerts.ts';

/** A reported use: its subject, time and units. Its payer is the stream's. */
export const reportedUse = {
  usageId: typeId('usg'),
  /** `source` and `id` of the CloudEvent, which identify repeats. */
  source: text(500),
  eventId: text(255),
  reportedBy: partyId,
  /** Time of use, at which it is rated, however late it came. */
  time: instant,
  app: slug.optional(),
  model: modelName.optional(),
  /** Offer of the model that served it; of a rated use, the one whose prices were applied. */
  offer: typeId('mod').optional(),
  /**
   * API key or OAuth client of the payer with which it was used, if the reporter knows it: its caps
   * bind the charge.
   */
  key: keyId.optional(),
  units,
  /** Slice and report of a use that the gateway served. */
  slice: ofReport.optional(),
};

/** `model:<name>` or `app:<slug>:<plan>`. */
const priceList = { of: text(120) };

/** A price of the rate card that one use determines: its units, and what they come to. */
export const useLine = z.strictObject({
  ...priceList,
  meter: text(63),
  units: text(30),
  unitPrice,
  /** µAIT; the lines of a use come to its total. */
  tokens: amount,
});
export type UseLine = z.output<typeof useLine>;

/** Growth of the line of a price that counts over a subscription's period. */
export const periodLine = z.strictObject({
  ...priceList,
  kind: z.literal('period'),
  meter: text(63),
  /** The meter's quantity in the period before and after, a decimal string. */
  before: text(60),
  after: text(60),
  /** Negative where the line falls. */
  tokens: signedAmount,
});

/** What a plan's minimum adds to a period, or its maximum takes back. */
export const boundLine = z.strictObject({
  ...priceList,
  kind: z.enum(['minimum', 'maximum']),
  tokens: signedAmount,
});

/**
 * Part of what a use gives back by which it lowers uses of its period that wait for tokens; in
 * these, the amount by which they are lowered. The wallet states it.
 */
export const setOffLine = z.strictObject({
  ...priceList,
  kind: z.literal('set-off'),
  tokens: signedAmount,
});

/** A line of what a use costs its payer; without a kind, the use alone determines it. */
export const ratedLine = z.discriminatedUnion('kind', [
  // Negative where a correction takes the use back.
  useLine.extend({ kind: z.literal('use').optional(), tokens: signedAmount }),
  periodLine,
  boundLine,
]);
export type RatedLine = z.output<typeof ratedLine>;

/** A share of a charge, by the terms in force at the usage's time; shares sum to `tokens`. */
export const share = z.strictObject({
  role: z.enum(['operator', 'provider', 'developer']),
  partyId,
  tokens: amount,
});
export type Share = z.output<typeof share>;

/** A share of what a use costs, or of what it gives back. */
export const signedShare = share.extend({ tokens: signedAmount });
export type SignedShare = z.output<typeof signedShare>;

export * from './metering/counted.ts';

/** Most uses of one payer in one event: a command holds no more of them. */
export const mostUsesOfEvent = 100;

/** What a use costs its payer, and who earns it. */
export const rating = {
  chargeId: typeId('chg'),
  /** Plan of the app that the payer subscribed to. */
  plan: text(40).optional(),
  tokens: amount,
  /** `<of>@<version>` of each rate card used, separated by commas. */
  priceVersion: text(300),
  /** What the payer pays; they come to `tokens`. */
  lines: z.array(ratedLine).max(100),
  operatorBps: z.int().min(0).max(10_000),
  /** They sum to `tokens`; none is negative. */
  shares: z.array(share).min(1).max(3),
};

/**
 * Shared wallet of which the payer was a member when the use was rated, as metering knew it;
 * absent: its own wallet pays.
 */
const memberOf = typeId('wal').optional();

/** A use with its price. */
export const ratedUse = z.strictObject({
  ...reportedUse,
  ...rating,
  memberOf,
  /** Negative where a counted use makes others cheaper: the wallet gives it back. */
  tokens: signedAmount,
  /** They sum to `tokens`, and none has another sign. */
  shares: z.array(signedShare).min(1).max(3),
  /** Absent where the plan's prices do not count over a period. */
  counted: countedIn.optional(),
  /** Used in a free trial of the plan: it costs nothing. */
  trial: z.literal(true).optional(),
  /** Price of the model that the app used: what the provider is to get. */
  costs: z.array(useLine).max(100).optional(),
  /**
   * What the model costs beyond what the payer's price leaves for its provider: the app's developer
   * is charged it, as a use of its own.
   */
  subsidy: z.strictObject({ partyId, tokens: positiveAmount }).optional(),
  /**
   * Use of another payer that this one subsidises; only of a use that the service stated itself.
   */
  subsidyOf: typeId('usg').optional(),
});
export type RatedUse = z.output<typeof ratedUse>;

/** In the stream `usage-<partyId>` of the payer, as all that it uses. */
export const UsageRated = event(
  'UsageRated',
  'Uses of one payer were priced by the rate cards in force at their times.',
  z.strictObject({ partyId, uses: z.array(ratedUse).min(1).max(mostUsesOfEvent) }),
);

/** A use that can't be rated yet. */
export const parkedUse = z.strictObject({ ...reportedUse, waitsFor: text(200) });
export type ParkedUse = z.output<typeof parkedUse>;

/** In the stream `usage-<partyId>` of the payer. */
export const UsageParked = event(
  'UsageParked',
  'Uses of one payer are parked until what they name is known: an app, a model, a party or a subscription.',
  z.strictObject({ partyId, uses: z.array(parkedUse).min(1).max(mostUsesOfEvent) }),
);

/** Who corrected a use, and the reason. */
const corrected = {
  /** Party that corrected it: its reporter, the operator, or metering itself for a subsidy. */
  correctedBy: partyId,
  reason: text(500),
};

/**
 * A correction of a rated use: its differences from what the use was before, on the use's terms.
 */
export const correction = z.strictObject({
  ...reportedUse,
  /** Differences of the units. */
  units: signedUnits,
  ...rating,
  memberOf,
  /** Id of the correction's own charge or refund. */
  chargeId: typeId('chg'),
  /** 1, 2, 3 …: a correction of a correction is a further one of the use. */
  number: z.int().min(1),
  /** Number of the last correction before it that moved tokens; 0: of none. */
  after: z.int().min(0),
  ...corrected,
  /** All units of the use from now on; absent: it is void. */
  replacement: units.optional(),
  /** µAIT that the use cost before. */
  was: signedAmount,
  tokens: signedAmount,
  lines: z.array(ratedLine).max(200),
  shares: z.array(signedShare).min(1).max(3),
  costs: z
    .array(useLine.extend({ tokens: signedAmount }))
    .max(200)
    .optional(),
  /** Absent where the plan's prices do not count over a period. */
  counted: countedIn.optional(),
  /**
   * Difference of what the app's developer adds, what it added before, and the number of the last
   * correction that changed it; 0 of none.
   */
  subsidy: z.strictObject({ partyId, was: amount, after: z.int().min(0), tokens: signedAmount }).optional(),
  /** Use of another payer that the corrected one subsidises. */
  subsidyOf: typeId('usg').optional(),
});
export type Correction = z.output<typeof correction>;

/** True if a correction changes tokens or shares, so that a wallet has to book it. */
export const movesTokens = ({ tokens, shares }: Pick<Correction, 'tokens' | 'shares'>): boolean =>
  tokens !== 0n || shares.some((share) => share.tokens !== 0n);

/** In the stream `usage-<partyId>` of the payer. */
export const UsageCorrected = event(
  'UsageCorrected',
  'Rated uses of one payer were replaced or voided: the differences are charged or given back.',
  z.strictObject({ partyId, corrections: z.array(correction).min(1).max(mostUsesOfEvent) }),
);

/** In the stream `usage-<partyId>` of the payer. */
export const ParkedUseCorrected = event(
  'ParkedUseCorrected',
  'A parked use was replaced or voided before it was rated.',
  z.strictObject({
    partyId,
    /** With its units from now on. */
    use: parkedUse,
    ...corrected,
    /** True if it is void: it waits for nothing any more. */
    voided: z.literal(true).optional(),
  }),
);

/** A use to correct, as an answer states it. */
const ofCorrection = { partyId, usageId: typeId('usg'), source: text(500), eventId: text(255), correctedBy: partyId };

/** In the stream `usage-<partyId>` of the payer. */
export const CorrectionRepeated = event(
  'CorrectionRepeated',
  'A use was to be corrected to what it is already: nothing changed.',
  z.strictObject({
    ...ofCorrection,
    /** Number of its last correction; 0: of none. */
    number: z.int().min(0),
    /** Units of the use; absent: it is void. */
    replacement: units.optional(),
    /** µAIT that it costs. */
    was: signedAmount,
  }),
);

/** In the stream `usage-<partyId>` of the payer. */
export const CorrectionRefused = event(
  'CorrectionRefused',
  'A use could not be corrected.',
  z.strictObject({ ...ofCorrection, code: codesOf(meteringRefusals, 'correctUse') }),
);

/** Longest pointer of a rejected event, as JSON: fifty thousand of them fit into one event. */
export const maxPointerBytes = 79;

/** In the report's stream, which has its id. Only reports under an idempotency key have one. */
export const ReportReceived = event(
  'ReportReceived',
  'A usage report under an idempotency key was received: its accepted events follow under ids of their own.',
  z.strictObject({
    reportId: typeId('rpt'),
    reportedBy: partyId,
    /** Number of usage events in the report. */
    events: z.int().min(0),
    rejected: z.array(
      z.strictObject({
        index: z.int().min(0),
        code: z.enum(useFaultCodes),
        /** JSON pointer into the usage event, shortened; absent for the event as a whole. */
        where: text(maxPointerBytes).optional(),
      }),
    ),
  }),
);

/** Longest pointer of a source. */
export const maxSourcePointer = 200;

/**
 * A JSON pointer (RFC 6901) to a member of a usage event: its first part is the name of an
 * attribute.
 */
export const eventPointer = z
  .string()
  .max(maxSourcePointer)
  .regex(
    /^\/[a-z0-9]{1,40}(\/([^~/\u0000-\u001f\u007f]|~[01])*)*$/,
    'must be a JSON pointer into the event, such as "/data/model"; "~" is written "~0", "/" within a name "~1"',
  );

/** Place of a field of the use in an event, or its value where that is always the same. */
export const sourceField = z.strictObject({ pointer: eventPointer.optional(), value: text(120).optional() });
export type SourceField = z.output<typeof sourceField>;

/** Most meters that events of one type report. */
export const mostSourceMeters = 50;

const ofSource = {
  sourceId: typeId('src'),
  partyId,
  /** Type of the CloudEvents. */
  type: text(255),
  version: z.int().min(1),
  by: text(120),
};

/** In the source's stream, which has its id; the id derives from the party and the type. */
export const SourceSet = event(
  'SourceSet',
  'The fields of a type of usage events were mapped to app, model and units.',
  z.strictObject({
    ...ofSource,
    app: sourceField.optional(),
    model: sourceField.optional(),
    units: z
      .array(z.strictObject({ meter: meterName, ...sourceField.shape }))
      .min(1)
      .max(mostSourceMeters),
  }),
);

/** In the source's stream. */
export const SourceRemoved = event(
  'SourceRemoved',
  'The mapping of a type of usage events was removed: its events are read as they are.',
  z.strictObject(ofSource),
);

/** Reports that were sent under an idempotency key. */
export const reportEvents = [ReportReceived] as const;
/** Events of the streams `usage-<partyId>`. */
export const usageEvents = [
  UsageRated,
  UsageParked,
  UsageCorrected,
  ParkedUseCorrected,
  CorrectionRepeated,
  CorrectionRefused,
] as const;
/** All events of the streams `usage-<partyId>`: uses, and the slices that they are served from. */
export const payerEvents = [...usageEvents, ...sliceEvents] as const;
/** Mappings of types of usage events. */
export const sourceEvents = [SourceSet, SourceRemoved] as const;

export const meteringEvents = [...reportEvents, ...payerEvents, ...sourceEvents, ...usageAlertEvents] as const;
export type MeteringEvent = EventOf<(typeof meteringEvents)[number]>;
export const meteringCatalogue = catalogue('metering', meteringEvents, {
  outsideUse: 'usage and its price',
  grant: "the operator's own billing and analytics: every party's usage",
});
