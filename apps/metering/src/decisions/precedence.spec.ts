import { describe, expect, it } from '@jest/globals';
import { meteringRefusals as declared, mostUsageAlerts, type RatedUse, UsageAlertRemoved } from '@tokengrid/contracts';
import { precedenceCases } from '@tokengrid/kernel';
import { chargeId, directUse, subscriber, use } from './examples.fixture.ts';
import { nothingPriced, type UseNow, useNow } from './rules/corrected-use.ts';
import { rate, type Rating } from './rules/rating.ts';
import type { KnownTerms } from './rules/terms.ts';
import { payer } from './state/payer.ts';
import { usageAlerts } from './state/usage-alerts.ts';
import { type CorrectUse, correctUse } from './usage/correct-use.ts';
import { removeUsageAlert } from './usage-alerts/remove-usage-alert.ts';
import { setUsageAlert } from './usage-alerts/set-usage-alert.ts';
import { set, terms } from './usage-alerts/usage-alerts.fixture.ts';

const rated: RatedUse = { ...use, chargeId, ...(rate(use, directUse, payer.initial) as Rating) };
const counted = {
  ...{ subscriptionId: 'sbn_00000000000000000000000001', from: use.time, until: use.time },
  change: { counted: [], takenBack: [], lines: 0n },
};
const dearly = {
  known: true,
  model: { ...directUse.model!, prices: [{ meter: 'input_tokens', unitPrice: '9'.repeat(18) }] },
} as const;
/** A plan of which no version is known. */
const ofUnknownPeriod: KnownTerms = {
  known: true,
  app: {
    ...{ of: 'app:translate:team', plan: 'team', sellerId: 'org_1', version: 1, versions: new Map() },
    period: counted,
  },
};
const found = (now: Partial<UseNow> = {}, terms: KnownTerms = directUse): CorrectUse['found'] => ({
  ...{ status: 'rated', now: { ...useNow(rated, []), ...now }, mark: undefined, terms },
});
const alert = { partyId: subscriber, name: 'budget', by: 'bootstrap' };
const voided = { voided: true, priced: nothingPriced, number: 1 };

/**
 * What makes each declared refusal of each command hold. A code that is declared and not here does
 * not compile.
 */
const cases = {
  correctUse: precedenceCases(
    {
      ...{ aggregate: payer, decide: correctUse, given: [] },
      when: {
        ...{ partyId: subscriber, correctedBy: 'operator', reason: 'spec', isClosed: false },
        ...{ found: found(), units: { input_tokens: '1' } },
      },
      context: { found: () => undefined },
    },
    declared.correctUse,
    {
      'METERING.USE_VOIDED': { when: { found: found(voided) } },
      'METERING.DAY_CLOSED': { when: { isClosed: true } },
      'METERING.UNITS_NOT_PRICED': { when: { units: { images: '1' } } },
      'METERING.UNITS_TOO_DEAR': {
        when: { found: found({}, dearly), units: { input_tokens: '9'.repeat(18) } },
      },
      'METERING.NOT_COUNTABLE': { when: { found: found({ use: { ...rated, counted } }, ofUnknownPeriod) } },
    },
    [
      // A period's prices may price no meter.
      'METERING.UNITS_NOT_PRICED | METERING.UNITS_TOO_DEAR',
      'METERING.UNITS_TOO_DEAR | METERING.NOT_COUNTABLE',
    ],
  ),
  setUsageAlert: precedenceCases(
    { aggregate: usageAlerts, decide: setUsageAlert, given: [], when: { ...alert, terms } },
    declared.setUsageAlert,
    {
      'METERING.TOO_MANY_ALERTS': {
        given: Array.from({ length: mostUsageAlerts }, (_, nth) => set({ name: `other-${nth}`, version: nth + 1 })),
      },
    },
  ),
  removeUsageAlert: precedenceCases(
    { aggregate: usageAlerts, decide: removeUsageAlert, given: [set()], when: alert },
    declared.removeUsageAlert,
    { NOT_FOUND: { given: [UsageAlertRemoved({ ...alert, version: 1 })] } },
  ),
} satisfies Record<keyof typeof declared, unknown>;

describe.each(Object.entries(cases))('%s is refused for', (_, sentences) => {
  it.each(sentences)('$name', ({ expected, refusal }) => expect(refusal()).toBe(expected));
});
