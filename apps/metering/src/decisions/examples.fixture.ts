import { type PlanTerms, termsOf } from '@tokengrid/rating';
import type { CountedPlan, KnownTerms, PriceList } from './rules/terms.ts';
import type { Use } from './state/payer.ts';

/** Subjects of the specs' sentences: a use, and its rate card. */
export const subscriber = 'sub_00000000000000000000000001';
export const developer = 'org_00000000000000000000000002';
export const provider = 'org_00000000000000000000000003';

/** Model at 2 µAIT an input token and 6.5 an output token, of which the operator keeps 10 %. */
export const model: PriceList = {
  of: 'model:qwen',
  version: 3,
  prices: [
    { meter: 'input_tokens', unitPrice: '2' },
    { meter: 'output_tokens', unitPrice: '6.5' },
  ],
  operatorBps: 1000,
  sellerId: provider,
};

/** App at 5 µAIT an input token and 1,000 a request, of which the operator keeps 20 %. */
export const app: PriceList = {
  of: 'app:translate:basic',
  plan: 'basic',
  version: 2,
  prices: [
    { meter: 'input_tokens', unitPrice: '5' },
    { meter: 'requests', unitPrice: '1000' },
  ],
  operatorBps: 2000,
  sellerId: developer,
};

/** A hundred requests a month are free, the others cost 1,000; at most 5,000 a month. */
const teamTerms: PlanTerms = termsOf(
  {
    prices: [{ meter: 'requests', model: 'per-unit', unitPrice: '1000', includedUnits: '100' }],
    maximumCharge: 5000n,
  },
  new Map(),
);

/** January of a subscription to the app's plan `team`. */
export const january = {
  ...{ subscriptionId: 'sbn_00000000000000000000000004' },
  ...{ from: '2026-01-01T00:00:00.000Z', until: '2026-02-01T00:00:00.000Z' },
};

/** App with the plan `team`, which counts over a month. */
export const team: CountedPlan = {
  ...{ of: 'app:translate:team', plan: 'team', sellerId: developer, period: january, version: 2 },
  versions: new Map([[2, { terms: teamTerms, operatorBps: 2000 }]]),
};

export const directUse: KnownTerms = { known: true, model };
export const appUse: KnownTerms = { known: true, app, model };
export const teamUse: KnownTerms = { known: true, app: team };

export const use: Use = {
  usageId: 'usg_0000000000000000000000000a',
  source: '/gateways/1',
  eventId: 'request-1',
  reportedBy: 'operator',
  time: '2026-01-01T08:00:00.000Z',
  model: 'qwen',
  units: { input_tokens: '374', output_tokens: '44' },
};
export const chargeId = 'chg_0000000000000000000000000a';
