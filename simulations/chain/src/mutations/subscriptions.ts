import { mutation } from '@tokengrid/simulation-kit';

const metering = 'apps/metering/src';

/** Mistakes in ends of subscriptions, and in their fees. */
export const subscriptionMutations = [
  mutation('a subscription holds after its end', [
    `${metering}/rate-card/facts`,
    'all.filter(({ from, until }) => (from <= time || from === first) && (until === null || time < until)),',
    'all.filter(({ from }) => from <= time || from === first),',
  ]),
  mutation('a developer reports uses after the end of a subscription', [
    `${metering}/rate-card/facts`,
    'all.filter(({ from, until }) => from <= time && (until === null || time < until)),',
    'all.filter(({ from }) => from <= time),',
  ]),
  mutation('the first subscription does not hold for the time before it once it ended', [
    `${metering}/rate-card/facts`,
    '(from <= time || from === first) && (until === null || time < until)),',
    '(from <= time || (from === first && until === null)) && (until === null || time < until)),',
  ]),
  mutation('the last month of a subscription ends with the month', [
    'libs/rating/src/subscription-period',
    'until: Math.min(monthUntil, Math.max(until ?? monthUntil, from)),',
    'until: monthUntil,',
  ]),
  mutation('a correction does not know that its period is forgotten', [
    `${metering}/decisions/rules/recounting`,
    "if (!payer.periods.has(periodKey(plan.period))) return 'period-over';",
    '',
  ]),
  mutation('added seats cost nothing', [
    `${metering}/policies/when-subscription-renewed-or-seats-set-charge-fee`,
    'if (data.fee === 0n) return undefined;',
    "if (data.fee === 0n || type === 'SeatsSet') return undefined;",
  ]),
  mutation('a developer gets the whole fee', [
    `${metering}/decisions/usage/charge-fee`,
    'const operators = basisPointsOf(fee, operatorBps);',
    'const operators = basisPointsOf(fee, 0 * operatorBps);',
  ]),
  mutation('the fees of a subscription have one charge', [
    `${metering}/decisions/usage/charge-fee`,
    'chargeId: chargeIdOf(usageId), tokens: fee }',
    "chargeId: chargeIdOf(feeUsageId(subscriptionId, '')), tokens: fee }",
  ]),
];
