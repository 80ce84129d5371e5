import { mutation } from '@tokengrid/simulation-kit';

const wallet = 'apps/wallet/src/decisions';
const charging = `${wallet}/usage/charge-wallet`;
const returned = `${wallet}/rules/returned-charges`;
const soFar = `${wallet}/rules/use-so-far`;
const metering = 'apps/metering/src';
const accruals = 'apps/settlement/src/decisions/accruals';

/** Mistakes in refunds, in what waits for tokens, and in advances. */
export const refundMutations = [
  mutation('a refund lasts, though its lot expires', [
    `${wallet}/state/refunds`,
    'return { ...terms, lotId: into, tokens };',
    'return { ...terms, expiresAt: null, lotId: into, tokens };',
  ]),
  mutation('a refund goes into whatever lot there is', [
    returned,
    'const into = homeOf(held, terms.get(lot.lotId)!);',
    'const into = held.at(-1)?.lotId ?? homeOf(held, terms.get(lot.lotId)!);',
  ]),
  mutation('a refund does not know of the one before', [
    soFar,
    'refunded.countsIn ? before.charges : refunded.returned.reduce(lessReturned, before.charges);',
    'before.charges;',
  ]),
  mutation('a refund of a use that was refused brings tokens', [
    `${wallet}/rules/uses-due`,
    'use: waiting ? together(waiting, use) : use,',
    'use,',
  ]),
  mutation('refunded tokens still count as spent', [
    `${wallet}/state/refunds`,
    'spent: withLess(wallet.spent, tokens, day),',
    'spent: wallet.spent,',
  ]),
  mutation('a voucher keeps all that it paid of a smaller price', [
    returned,
    'const part = least(missing, payable(lot, charge));',
    'const part = least(missing, payable(lot, charge) > 0n ? lot.tokens : 0n);',
  ]),
  mutation('escrow keeps what is given back', [
    charging,
    "...moveTokens(givenBack, laneAccount(context.lane, 'escrow'), availableAccount(walletId)),",
    "...moveTokens(givenBack, laneAccount(context.lane, 'fees'), availableAccount(walletId)),",
  ]),
  mutation('tokens that return expired stay until the next command', [
    charging,
    'if (givenBack === 0n) return stated;',
    'if (givenBack >= 0n) return stated;',
  ]),
  mutation('waiting uses are charged the youngest first', [
    'apps/wallet/src/flows/collecting',
    'page.map(async ({ usageId, chargeId, keyId })',
    'page.toReversed().map(async ({ usageId, chargeId, keyId })',
  ]),
  mutation('a collected use still waits', [
    soFar,
    'return { number, wasCharged: true, charges, waiting: undefined, terms };',
    'return { number, wasCharged: true, charges, waiting: before.waiting, terms };',
  ]),
  mutation('a waiting use forgets its price when it is corrected', [
    `${wallet}/rules/stated-uses`,
    'tokens: waiting.tokens + correction.tokens,',
    'tokens: correction.tokens < 0n ? correction.tokens : waiting.tokens + correction.tokens,',
  ]),
  mutation('a use that is corrected before it is collected counts as none', [
    charging,
    'use.number !== undefined && !known?.wasCharged ? { first: true } : {};',
    'use.number !== undefined && known === undefined ? { first: true } : {};',
  ]),
  mutation('uses of a former member are charged to nobody', [
    `${wallet}/rules/limits`,
    'return suspensionRefusal(wallet, actor) ?? boundRefusal(wallet, tokens, day, actor);',
    'return actorRefusal(wallet, actor) ?? suspensionRefusal(wallet, actor) ?? boundRefusal(wallet, tokens, day, actor);',
  ]),
  mutation('a subsidy is corrected before the correction that it follows', [
    `${metering}/decisions/usage/correct-subsidies`,
    'if (last < after) throw',
    'if (last < 0) throw',
  ]),
  mutation('a subsidy is corrected before it is charged', [
    `${metering}/policies/when-usage-corrected-correct-subsidies`,
    'const isFirst = after === 0 && was > 0n;',
    'const isFirst = after < 0 && was > 0n;',
  ]),
  mutation('one of two advances is not charged', [
    `${metering}/policies/when-uses-accrued-charge-advances`,
    'advanced.map((advance) => ({ ...advance, period })));',
    'advanced.slice(1).map((advance) => ({ ...advance, period })));',
  ]),
  mutation('the first advance is charged twice', [
    `${metering}/decisions/usage/charge-advances`,
    'uses: advances.map((advance) => useOf(command, advance)) })];',
    'uses: [...advances, advances[0]!].map((advance, at) => ({ ...useOf(command, advance), chargeId: chargeIdOf(`usg_${at}`) })) })];',
  ]),
  mutation('a refund takes a party below 0', [
    `${accruals}/advances`,
    'if (after >= 0n) continue;',
    'if (after >= -1_000_000n) continue;',
  ]),
  mutation('advances of events that are read at once are merged', [
    `${accruals}/advances`,
    'earned.set(key, after < 0n ? 0n : after);',
    'earned.set(key, after);',
  ]),
  mutation('a late refund counts for its own day, which is closed', [
    `${accruals}/accrue-uses`,
    'const period = firstDayOutside(lane.closed, day);',
    'const period = use.tokens < 0n ? day : firstDayOutside(lane.closed, day);',
  ]),
];
