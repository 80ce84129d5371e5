import { z } from 'zod';
import { modelName, slug } from './app-registry.ts';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { partyId, typeId } from './ids.ts';
import { amount, positiveAmount, signedAmount, unitPrice } from './money.ts';
import { instant, text, units } from './vocabulary.ts';

/** What was reported: whose use of what, when, and how much. A usage's stream has its id. */
const usage = {
  usageId: typeId('usg'),
  /** `source` and `id` of the CloudEvent: what repeats are told by. */
  source: text(500),
  eventId: text(255),
  reportedBy: partyId,
  partyId,
  /** When it was used; what it is rated at, however late it came. */
  time: instant,
  app: slug.optional(),
  model: modelName.optional(),
  /** The payer's API key that it was used with, where its reporter knows: its caps bind the charge. */
  key: typeId('key').optional(),
  units,
};

/** One price of the rate card, as applied: which one, from where, to how many units. */
export const ratedLine = z.strictObject({
  /** `model:<name>` or `app:<slug>:<plan>`. */
  of: text(120),
  meter: text(63),
  units: text(30),
  unitPrice,
});

/** Who shares what was charged, by the terms in force at the usage's time; they sum to `tokens`. */
export const share = z.strictObject({
  role: z.enum(['operator', 'provider', 'developer']),
  partyId,
  /** Negative for a developer whose app sold below what its model cost. */
  tokens: signedAmount,
});
export type Share = z.output<typeof share>;

const rating = {
  tokens: amount,
  /** `<of>@<version>` of each rate card used, joined by a comma. */
  priceVersion: text(300),
  lines: z.array(ratedLine).max(100),
  operatorBps: z.int().min(0).max(10_000),
  shares: z.array(share).min(1).max(3),
};

export const UsageRated = event(
  'UsageRated',
  'A use was priced by the rate card in force at its time.',
  z.strictObject({ ...usage, ...rating, chargeId: typeId('chg') }),
);
export const UsageParked = event(
  'UsageParked',
  'A use waits for what it names: an app, a model, a party or a subscription that is not known here yet.',
  z.strictObject({ ...usage, waitsFor: text(200) }),
);

/** A report's stream has its id. Only a report that was sent under an idempotency key has one. */
export const ReportReceived = event(
  'ReportReceived',
  'Usage was reported under an idempotency key: its events follow under ids of their own, but for those that were rejected.',
  z.strictObject({
    reportId: typeId('rpt'),
    reportedBy: partyId,
    /** How many usage events the report holds. */
    events: z.int().min(0),
    rejected: z.array(z.strictObject({ index: z.int().min(0), detail: text(1000) })),
  }),
);

const billed = {
  usageId: typeId('usg'),
  chargeId: typeId('chg'),
  partyId,
  time: instant,
  app: slug.optional(),
  model: modelName.optional(),
};

export const UsageBilled = event(
  'UsageBilled',
  'A rated use was paid for by the wallet, or cost its payer nothing.',
  z.strictObject({
    ...billed,
    tokens: amount,
    shares: z.array(share).min(1).max(3),
    /** The lane of the wallet service whose escrow holds the tokens. Absent for a use that cost nothing. */
    walletLane: z.int().min(0).optional(),
    /** Id of the `WalletCharged` event. Absent for a use that cost nothing. */
    chargedBy: text(80).optional(),
  }),
);
export const UsageUncollected = event(
  'UsageUncollected',
  'The wallet could not cover a rated use: nothing was taken, and nobody earns of it.',
  z.strictObject({ ...billed, tokens: positiveAmount, code: text(60) }),
);

/** Reports that were sent under an idempotency key. */
export const reportEvents = [ReportReceived] as const;
/** A use, from its rating to its payment. */
export const usageEvents = [UsageRated, UsageParked, UsageBilled, UsageUncollected] as const;

export const meteringEvents = [...reportEvents, ...usageEvents] as const;
export type MeteringEvent = EventOf<(typeof meteringEvents)[number]>;
export const meteringCatalogue = catalogue('metering', meteringEvents, {
  outsideUse: 'usage and its price',
  grant: "the operator's own billing and analytics: every party's usage",
});
