import { mutation } from '@tokengrid/simulation-kit';

const account = 'apps/wallet/src/decisions/rules/period-account';
const charging = 'apps/wallet/src/decisions/usage/charge-wallet';
const corrects = 'apps/wallet/src/policies/when-usage-corrected-charge-wallet';
const giving = 'apps/wallet/src/flows/giving-back';
const pays = 'apps/wallet/src/policies/when-statement-made-release-escrow-or-collect-fees';
const metering = 'apps/metering/src';
const recounting = `${metering}/decisions/rules/recounting`;
const settlement = 'apps/settlement/src/decisions';

/** Mistakes in what periods of subscriptions give back, and in their ends. */
export const periodMutations = [
  mutation('what waits of a period is lowered the oldest first', [
    account,
    'for (const waiting of waits.toReversed()) {',
    'for (const waiting of waits) {',
  ]),
  mutation('what waits of a period is lowered after its charges', [
    account,
    'const waits = period.waiting.filter(({ usageId }) => usageId !== use.usageId);',
    'const waits = period.waiting.filter(({ usageId }) => usageId !== use.usageId && period.charges.length === 0);',
  ]),
  mutation('what waits of a period is lowered, and tokens go back for it', [
    account,
    'const owed = lowered.length > 0 || ended.length === waits.length ? left : 0n;',
    'const owed = lowered.length > 0 || ended.length === waits.length ? -use.tokens : 0n;',
  ]),
  mutation('what waits of a corrected use is lowered by its own correction', [
    account,
    'const waits = period.waiting.filter(({ usageId }) => usageId !== use.usageId);',
    'const waits = period.waiting;',
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
  mutation('a use gives back nothing of the uses of its own command', [
    charging,
    'this.remember(charged, { uses: [charged] });',
    'this.remember(charged, { uses: [] });',
  ]),
  mutation('what a wallet has not charged of a period nobody gives back', [
    giving,
    'left ? [{ use: leftOf(use, left), round }] : [],',
    'left && round < 0 ? [{ use: leftOf(use, left), round }] : [],',
  ]),
  mutation('what a correction left is forgotten with its first delivery', [
    corrects,
    'const earlier = payers.size === 0 ? undefined :',
    'const earlier = payers.size >= 0 ? undefined :',
  ]),
  mutation('a use of a period gives back of itself alone', [
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
  mutation('what is used after the end of a period costs as much as before', [
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
  mutation('a use counts by what it gives back, too', [
    `${settlement}/accruals/sums`,
    'const uses = use.tokens > 0n && (use.number',
    'const uses = use.tokens !== 0n && (use.number',
  ]),
];
