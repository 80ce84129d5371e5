import { mutation } from '@tokengrid/simulation-kit';

const account = 'apps/wallet/src/decisions/rules/period-account';
const charging = 'apps/wallet/src/decisions/usage/charge-wallet';
const corrects = 'apps/wallet/src/flows/charging-corrections';
const giving = 'apps/wallet/src/flows/giving-back';
const pays = 'apps/wallet/src/policies/when-statement-made-release-escrow-or-collect-fees';
const metering = 'apps/metering/src';
const recounting = `${metering}/decisions/rules/recounting`;
const settlement = 'apps/settlement/src/decisions';

/** Mistakes in what periods of subscriptions give back, and in their ends. */
export const periodMutations = [
  mutation('waiting uses of a period are lowered the oldest first', [
    account,
    'for (const waiting of waits.toReversed()) {',
    'for (const waiting of waits) {',
  ]),
  mutation('waiting uses of a period are lowered after its charges', [
    account,
    'const waits = isRest ? period.waiting : period.waiting.filter(({ usageId }) => usageId !== use.usageId);',
    'const waits = period.waiting.filter(({ usageId }) => (isRest || usageId !== use.usageId) && period.charges.length === 0);',
  ]),
  mutation('a waiting use of a period is lowered and refunded', [
    account,
    'const owed = lowered.length > 0 || ended.length === waits.length ? left : 0n;',
    'const owed = lowered.length > 0 || ended.length === waits.length ? -use.tokens : 0n;',
  ]),
  mutation('a waiting use is lowered by its own correction', [
    account,
    'const waits = isRest ? period.waiting : period.waiting.filter(({ usageId }) => usageId !== use.usageId);',
    'const waits = period.waiting;',
  ]),
  mutation('a rest passes over a later correction of its use', [
    account,
    'const waits = isRest ? period.waiting : period.waiting',
    'const waits = period.waiting',
  ]),
  mutation('shares of what is lowered stay as they were', [
    account,
    'shares: addedShares([...waiting.shares, ...shares.filter((share) => share.tokens !== 0n)]),',
    'shares: addedShares([...waiting.shares, ...shares.slice(0, 0)]),',
  ]),
  mutation('the cap of a voucher bounds what its period keeps', [
    account,
    'voucherOf: ({ voucher }) => voucher && { funder: voucher.funder, shareBps: voucher.shareBps },',
    'voucherOf: ({ voucher }) => voucher,',
  ]),
  mutation('a period does not know what went back before', [
    account,
    'charges = withoutReturned(charges, use.returned);',
    'charges = withoutReturned(charges, use.returned.slice(0, 0));',
  ]),
  mutation('a use refunds none of the uses of its own command', [
    charging,
    'this.remember(charged, { uses: [charged] });',
    'this.remember(charged, { uses: [] });',
  ]),
  mutation('no other wallet refunds what the first one did not charge of a period', [
    giving,
    'left ? [{ use: leftOf(use, left), round }] : [],',
    'left && round < 0 ? [{ use: leftOf(use, left), round }] : [],',
  ]),
  mutation('the rest of a correction is forgotten with its first delivery', [
    corrects,
    'const earlier = payers.size === 0 ? undefined :',
    'const earlier = payers.size >= 0 ? undefined :',
  ]),
  mutation('a use of a period refunds only itself', [
    charging,
    '!givesBackOfPeriod(each));',
    '(!givesBackOfPeriod(each) || each.known?.wasCharged));',
  ]),
  mutation('a void of a counted use takes back what it cost', [
    recounting,
    'const tokens = priced.tokens + rated.tokens;',
    'const tokens = units ? priced.tokens + rated.tokens : 0n;',
  ]),
  mutation('a corrected use counts as it was, and as it is', [
    recounting,
    '{ units: priced.units, time, key }, units &&',
    'units ? undefined! : { units: priced.units, time, key }, units &&',
  ]),
  mutation('a void use comes to nothing, whatever it made cheaper', [
    `${metering}/decisions/usage/correct-use`,
    'return unlessVoided(command, use, number, priced.tokens);',
    'return unlessVoided(command, use, number, 0n);',
  ]),
  mutation(
    'a period is closed as soon as it ends',
    [`${metering}/flows/periods-clock`, 'dueAt: until + this.settings.periodLatenessMs,', 'dueAt: until,'],
    [
      `${metering}/flows/periods-clock`,
      'this.closeDue(page, now - this.settings.periodLatenessMs)',
      'this.closeDue(page, now)',
    ],
  ),
  mutation('a month with free days has its whole minimum', [
    `${metering}/rate-card/ended-periods`,
    'until - Math.max(from, trialUntil)',
    'until - from',
  ]),
  mutation('a part of a month has its whole minimum', [
    `${metering}/rate-card/ended-periods`,
    'subscribedMs, monthUntil - monthFrom);',
    'subscribedMs, until - from);',
  ]),
  mutation('uses after the end of a period cost as much as before', [
    'libs/rating/src/period',
    'minimum: change.minimum ?? minimum,',
    'minimum: change.minimum ?? 0n,',
  ]),
  mutation('the end of a period costs its minimum, whatever was used', [
    'libs/rating/src/period',
    'minimum: left < minimum ? minimum - left : 0n };',
    'minimum };',
  ]),
  mutation('a statement is paid before fees fill up its lane', [
    pays,
    'await Promise.all(payFrom.map((part) => this.mustBeFilled(part)));',
    'await Promise.all(payFrom.slice(0, 0).map((part) => this.mustBeFilled(part)));',
  ]),
  mutation('a refund is counted as a use, too', [
    `${settlement}/accruals/sums`,
    'const uses = use.tokens > 0n && (use.number',
    'const uses = use.tokens !== 0n && (use.number',
  ]),
];
