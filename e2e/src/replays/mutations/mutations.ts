import { type Mutation, mutation } from '@tokengrid/simulation-kit';

const metering = 'apps/metering/src';
const rateUses = `${metering}/decisions/usage/rate-uses`;
const mark = 'const mark = found(markKeyOf(use.usageId));';

/**
 * Mistakes in what keeps charges the same whatever is told again, late, in another order, or to
 * another process. Those of single decisions are in the simulations.
 */
export const mutations: readonly Mutation[] = [
  mutation('a use that is marked is rated again', [
    rateUses,
    'return mark === undefined && !isKnown;',
    'return !isKnown;',
  ]),
  mutation('a use of an earlier day is rated again', [
    rateUses,
    mark,
    'const mark = Date.parse(use.time) < time - 86_400_000 ? undefined : found(markKeyOf(use.usageId));',
  ]),
  mutation('repeats are told by the process alone that took their uses first', [
    rateUses,
    mark,
    `const told: Set<string> = ((globalThis as { told?: Set<string> }).told ??= new Set());
    const mark = told.has(use.usageId) ? found(markKeyOf(use.usageId)) : undefined;
    told.add(use.usageId);`,
  ]),
  mutation(
    'a use that comes twice in a report counts twice',
    [`${metering}/flows/payers-commands`, 'if (seen.has(use.usageId)) {', 'if (each.index < 0) {'],
    [rateUses, 'if (seen.has(use.usageId)) return false;', ''],
  ),
  mutation('a report of which some uses are known is passed over', [
    rateUses,
    'if (fresh.length === 0) throw',
    'if (fresh.length < uses.length) throw',
  ]),
  mutation('a further correction does not know of the one before', [
    `${metering}/decisions/rules/corrected-use`,
    'return corrections.reduce<UseNow>(',
    'return corrections.slice(0, 0).reduce<UseNow>(',
  ]),
  mutation('a policy reacts anew to what another process has reacted to', [
    'libs/event-bus/src/subscribers/reaction',
    'id: reactionId(this.policy, cause, `${upTo}${part}`),',
    'id: reactionId(this.policy, cause, `${upTo}${part}${process.pid}`),',
  ]),
  mutation('a use costs its month what it costs alone', [
    `${metering}/decisions/rules/counting`,
    'period: found?.period ?? emptyPeriod };',
    'period: emptyPeriod };',
  ]),
  mutation('lines are rounded one by one', [
    'libs/rating/src/by-use',
    'const upToHere = divideHalfUp(exact, productScale);',
    'const upToHere = tokens + divideHalfUp(scaled(counted) * scaled(unitPrice), productScale);',
  ]),
];
