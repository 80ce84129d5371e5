import type { AccruedUse } from './accruals/sums.ts';

/** Subjects of the specs' sentences: two sellers. */
export const developer = 'org_00000000000000000000000002';
export const provider = 'org_00000000000000000000000003';

/** A use of an app and its model on the first day of 2026, which paid 1,000 µAIT. */
export const use: AccruedUse = {
  usageId: 'usg_0000000000000000000000000a',
  time: '2026-01-01T08:00:00.000Z',
  ...{ app: 'translate', plan: 'basic', model: 'qwen', priceVersion: 'app:translate:basic@2,model:qwen@4' },
  units: { input_tokens: '374', seconds: '1.5' },
  tokens: 1000n,
  shares: [
    { role: 'operator', partyId: 'operator', tokens: 100n },
    { role: 'provider', partyId: provider, tokens: 600n },
    { role: 'developer', partyId: developer, tokens: 300n },
  ],
};
