import { describe, expect, it } from '@jest/globals';
import { simulate } from './simulate.ts';

/**
 * Enough for what goes wrong often, from a seed with which all of this is reached; `npm run
 * simulate:chain` runs as many as one likes.
 */
const steps = 6000;
const seed = 1;

/** What has to happen: a proof covers what its load can do, and no more. */
const reached = [
  ...['UsageRated', 'UsageParked', 'WalletCharged', 'UsesAccrued', 'LaneClosed', 'LaneCounted', 'StatementMade'],
  ...['PeriodClosing', 'PeriodCloseRepeated', 'PeriodCloseRefused', 'PeriodClosed', 'StatementPaid'],
  ...['EscrowReleased', 'EarningsReceived', 'FeesCollected', 'TokensExpired', 'SpendAlertRaised', 'VoucherIssued'],
  ...['use charged', 'use WALLET.FROZEN', 'use WALLET.INSUFFICIENT_TOKENS'],
  ...['daily', 'monthly', 'member-daily', 'member-monthly'].map((limit) => `use WALLET.LIMIT_EXCEEDED ${limit}`),
  ...['late accrual', 'subsidy', 'repeat', 'death'],
];

describe('metering, wallet and settlement together', () => {
  it('charge and owe what the reference model does, whatever repeats, batches, deaths and late uses do', async () => {
    const { found, ...ran } = await simulate(seed, steps);
    expect(found && [`seed ${found.seed}`, found.violation.message, ...found.events].join('\n')).toBeUndefined();
    expect(ran.steps).toBeGreaterThanOrEqual(steps);
    expect(reached.filter((each) => !ran.reached.has(each))).toEqual([]);
  }, 300_000);

  it('have the same history for the same seed', async () => {
    const [one, other, third] = [await simulate(7, 300), await simulate(7, 300), await simulate(8, 300)];
    expect(one).toEqual(other);
    expect(one).not.toEqual(third);
  }, 60_000);
});
