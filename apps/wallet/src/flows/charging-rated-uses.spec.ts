import { describe, expect, it } from '@jest/globals';
import { UsageRated } from '@tokengrid/contracts';
import { partyId, use } from '../decisions/examples.fixture.ts';
import { chargedUses } from './charging-rated-uses.ts';

describe('charging rated uses', () => {
  const { shares: _, lines: __, ...used } = use(374n);
  const ratedUse = (tokens: bigint) => ({
    ...used,
    reportedBy: 'operator',
    tokens,
    lines: [{ of: 'model:some-model', meter: 'input_tokens', units: '374', unitPrice: '1', tokens }],
    shares: [{ role: 'operator' as const, partyId: 'operator', tokens }],
    costs: [{ of: 'model:some-model', meter: 'input_tokens', units: '374', unitPrice: '2', tokens: 748n }],
    subsidy: { partyId, tokens: 374n },
  });

  it('charges what each use costs, and says what it was', () => {
    const { reportedBy: _by, costs: _costs, subsidy: _subsidy, ...charged } = ratedUse(374n);
    expect(chargedUses(UsageRated({ partyId, uses: [ratedUse(374n)] }))).toStrictEqual([charged]);
  });

  it('leaves alone what is free', () =>
    expect(chargedUses(UsageRated({ partyId, uses: [ratedUse(0n)] }))).toStrictEqual([]));
});
