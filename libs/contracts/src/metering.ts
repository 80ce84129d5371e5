import { z } from 'zod';
import { meterName, modelName, slug } from './app-registry.ts';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { partyId, typeId } from './ids.ts';
import { amount, positiveAmount, unitPrice } from './money.ts';
import { instant, text, units } from './vocabulary.ts';
import { useFaultCodes } from './refusals/metering.ts';

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
  /**
   * API key of the payer with which it was used, if the reporter knows it: its caps bind the
   * charge.
   */
  key: typeId('key').optional(),
  units,
};

/** One applied price of the rate card: its source, start and units, and what they come to. */
export const ratedLine = z.strictObject({
  /** `model:<name>` or `app:<slug>:<plan>`. */
  of: text(120),
  meter: text(63),
  units: text(30),
  unitPrice,
  /** µAIT; the lines of a use come to its total. */
  tokens: amount,
});
export type RatedLine = z.output<typeof ratedLine>;

/** A share of a charge, by the terms in force at the usage's time; shares sum to `tokens`. */
export const share = z.strictObject({
  role: z.enum(['operator', 'provider', 'developer']),
  partyId,
  tokens: amount,
});
export type Share = z.output<typeof share>;

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

/** A use with its price. */
export const ratedUse = z.strictObject({
  ...reportedUse,
  ...rating,
  /** Price of the model that the app used: what the provider is to get. */
  costs: z.array(ratedLine).max(100).optional(),
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
export const usageEvents = [UsageRated, UsageParked] as const;
/** Mappings of types of usage events. */
export const sourceEvents = [SourceSet, SourceRemoved] as const;

export const meteringEvents = [...reportEvents, ...usageEvents, ...sourceEvents] as const;
export type MeteringEvent = EventOf<(typeof meteringEvents)[number]>;
export const meteringCatalogue = catalogue('metering', meteringEvents, {
  outsideUse: 'usage and its price',
  grant: "the operator's own billing and analytics: every party's usage",
});
