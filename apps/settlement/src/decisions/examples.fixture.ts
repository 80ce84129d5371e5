import type { AccrueUsage } from './accruals/accrue-usage.ts';

/**
 * Subjects of the specs' sentences: two sellers, and a use of the first day of 2026 that paid 1,000
 * µAIT.
 */
export const developer = 'org_00000000000000000000000002';
export const provider = 'org_00000000000000000000000003';

export const use: AccrueUsage = {
  usageId: 'usg_0000000000000000000000000a',
  chargeId: 'chg_0000000000000000000000000a',
  payerId: 'sub_00000000000000000000000001',
  time: '2026-01-01T08:00:00.000Z',
  tokens: 1000n,
  shares: [
    { role: 'operator', partyId: 'operator', tokens: 100n },
    { role: 'provider', partyId: provider, tokens: 600n },
    { role: 'developer', partyId: developer, tokens: 300n },
  ],
  walletLane: 2,
  chargedBy: 'wallet/2/17',
};

/** A free use: the developer owes the provider for the model. */
export const freeUse: AccrueUsage = {
  ...use,
  tokens: 0n,
  shares: [
    { role: 'operator', partyId: 'operator', tokens: 0n },
    { role: 'provider', partyId: provider, tokens: 600n },
    { role: 'developer', partyId: developer, tokens: -600n },
  ],
  walletLane: undefined,
  chargedBy: undefined,
};
