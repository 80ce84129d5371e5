import { z } from 'zod';
import { modelName, slug } from './app-registry.ts';
import type { EventOf } from './event.ts';
import { catalogue, event } from './event.ts';
import { partyId, typeId } from './ids.ts';
import { amount, positiveAmount, signedAmount, unitPrice } from './money.ts';
import { instant, text, units } from './vocabulary.ts';
import { codesOf } from './refusals/commands.ts';
import { walletRefusals } from './refusals/wallet.ts';

/** A reported use: payer, subject, time and units. The usage's stream has its id. */
const usage = {
  usageId: typeId('usg'),
  /** `source` and `id` of the CloudEvent, which identify repeats. */
  source: text(500),
  eventId: text(255),
  reportedBy: partyId,
  partyId,
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

/** One applied price of the rate card: its source, start and units. */
export const ratedLine = z.strictObject({
  /** `model:<name>` or `app:<slug>:<plan>`. */
  of: text(120),
  meter: text(63),
  units: text(30),
  unitPrice,
});

/** A share of a charge, by the terms in force at the usage's time; shares sum to `tokens`. */
export const share = z.strictObject({
  role: z.enum(['operator', 'provider', 'developer']),
  partyId,
  /** Negative for a developer whose app sold below the cost of its model. */
  tokens: signedAmount,
});
export type Share = z.output<typeof share>;

const rating = {
  tokens: amount,
  /** `<of>@<version>` of each rate card used, separated by commas. */
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
  'A use is parked until an app, model, party or subscription that it names is known.',
  z.strictObject({ ...usage, waitsFor: text(200) }),
);

/** In the report's stream, which has its id. Only reports under an idempotency key have one. */
export const ReportReceived = event(
  'ReportReceived',
  'A usage report under an idempotency key was received: its accepted events follow under ids of their own.',
  z.strictObject({
    reportId: typeId('rpt'),
    reportedBy: partyId,
    /** Number of usage events in the report. */
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
  'A rated use was paid by the wallet, or was free.',
  z.strictObject({
    ...billed,
    tokens: amount,
    shares: z.array(share).min(1).max(3),
    /** Lane of the wallet service whose escrow holds the tokens. Absent for a free use. */
    walletLane: z.int().min(0).optional(),
    /** Id of the `WalletCharged` event. Absent for a free use. */
    chargedBy: text(80).optional(),
  }),
);
export const UsageUncollected = event(
  'UsageUncollected',
  'A rated use was not covered by the wallet: nothing was taken, and nobody earns from it.',
  z.strictObject({ ...billed, tokens: positiveAmount, code: codesOf(walletRefusals, 'chargeWallet') }),
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
