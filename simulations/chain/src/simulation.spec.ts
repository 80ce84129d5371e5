import { describe, expect, it } from '@jest/globals';
import { expectSeedsToDecide, simulateInFull } from '@tokengrid/simulation-kit/testing';
import { simulation } from './simulation.ts';

/**
 * Enough for what goes wrong often, from a seed with which all of this is reached; `npm run
 * simulate:chain` runs as many as one likes.
 */
const steps = 5000;
const seed = 405;

/** Events and refusals that must occur: a proof covers no more than its load. */
const reached = [
  ...['UsageRated', 'UsageParked', 'WalletCharged', 'UsesAccrued', 'LaneClosed', 'LaneCounted', 'StatementMade'],
  ...['PeriodClosing', 'PeriodCloseRepeated', 'PeriodCloseRefused', 'PeriodClosed', 'StatementPaid'],
  ...['EscrowReleased', 'EarningsReceived', 'FeesCollected', 'TokensExpired', 'SpendAlertRaised', 'VoucherIssued'],
  ...['use charged', 'use WALLET.FROZEN', 'use WALLET.INSUFFICIENT_TOKENS'],
  ...['daily', 'monthly', 'member-daily', 'member-monthly'].map((limit) => `use WALLET.LIMIT_EXCEEDED ${limit}`),
  ...['UsageCorrected', 'ParkedUseCorrected', 'CorrectionRepeated', 'CorrectionRefused'],
  ...['sum', 'count', 'max', 'unique', 'latest', 'minimum', 'maximum'].map((kind) => `counted: ${kind}`),
  ...['use collected', 'use refunded', 'use charged further', 'use a waiting use ended', 'counted: refunds'],
  ...['use refunded of its period', 'use refunded a rest', 'use a waiting use lowered'],
  'use free before left a rest',
  ...['use a waiting use set off', 'period closed'],
  ...['use in a trial', 'late accrual', 'subsidy', 'repeat', 'death', 'fee'],
];

describe('metering, wallet and settlement together', () => {
  it('charge and owe what the reference model does, whatever repeats, batches, deaths and late uses do', async () => {
    const ran = await simulateInFull(simulation, seed, steps);
    expect(reached.filter((each) => !ran.reached.has(each))).toEqual([]);
  }, 300_000);

  it('have the same history for the same seed', () => expectSeedsToDecide(simulation), 60_000);
});
