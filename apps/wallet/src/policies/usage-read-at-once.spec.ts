import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { EventOf, UsageRated } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import pg from 'pg';
import { use } from '../decisions/examples.fixture.ts';
import { type Caller, runWallet, type RunningWallet } from '../testing/run-wallet.ts';
import { WhenUsageRatedOrUsageCorrectedChargeWallet } from './when-usage-rated-or-usage-corrected-charge-wallet.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
}, 120_000);
afterAll(() => wallet.close(), 60_000);

let rated = 0;

/** Lets metering rate a use of a payer. */
function rate({ partyId }: Caller) {
  const sequence = ++rated;
  const eventId = String(sequence).padStart(26, '0');
  const one = {
    ...use(7n, { chargeId: `chg_${eventId}`, usageId: `usg_${eventId}`, eventId }),
    reportedBy: 'operator',
  };
  const event = { type: 'UsageRated', id: `metering/0/${sequence}`, lane: 0, sequence, data: { partyId, uses: [one] } };
  const reaction = new Reaction('spec', { ...event, service: 'metering', correlationId: 'spec', actor: 'spec' });
  return wallet
    .instance(WhenUsageRatedOrUsageCorrectedChargeWallet)
    .chargeWallet(event as unknown as Recorded<EventOf<typeof UsageRated>>, reaction);
}

/** Names of the named statements that work sends to Postgres, and how often it sends each. */
async function namesSent(work: () => Promise<unknown>): Promise<ReadonlyMap<string, number>> {
  const sent = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    const names = sent.mock.calls.flatMap(([asked]) => (asked as { readonly name?: string }).name ?? []);
    return new Map([...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]));
  } finally {
    sent.mockRestore();
  }
}

describe('uses of many payers that are read at once', () => {
  it('are charged by one statement of each kind, in whatever lanes their wallets are', async () => {
    const payers = await Promise.all(Array.from({ length: 24 }, () => wallet.party()));
    await Promise.all(payers.map((payer) => wallet.grant(payer, { tokens: '1000' })));
    const sent = await namesSent(() => Promise.all(payers.map(rate)));
    for (const payer of payers) expect(await wallet.availableOf(payer)).toBe('993');
    const ofCharges = ['wallets-of-members', 'commands-anywhere', 'claim-commands-of-lanes', 'write-lanes'];
    expect(ofCharges.map((name) => [name, sent.get(name)])).toEqual(ofCharges.map((name) => [name, 1]));
  });
});
