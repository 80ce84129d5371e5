import { describe, expect, it } from '@jest/globals';
import { operatorPartyId, type RatedUse, UsageRated } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { appUse, chargeId, developer, directUse, provider, use } from '../examples.fixture.ts';
import { rate, type Rating } from '../rules/rating.ts';
import { payer } from '../state/payer.ts';
import { noPeriods } from '../state/periods.ts';
import { chargeSubsidies } from './charge-subsidies.ts';

const given = givenFor(payer);
const units = { input_tokens: '100', output_tokens: '100' };
/** It brings 500 µAIT, of which 400 are left for a model that costs 850. */
const below: RatedUse = {
  ...{ ...use, app: 'translate', units, chargeId },
  ...(rate({ ...use, units }, appUse, noPeriods) as Rating),
};

describe('chargeSubsidies', () => {
  it("states what is missing as a use of the developer's own, which the provider earns alone", () => {
    expect(below.subsidy).toEqual({ partyId: developer, tokens: 450n });
    const [event] = given().when(chargeSubsidies, { developerId: developer, uses: [below] }).decided;
    const { usageId } = (event as ReturnType<typeof UsageRated>).data.uses[0]!;
    expect(event).toEqual(
      UsageRated({
        partyId: developer,
        uses: [
          {
            ...{ usageId, chargeId: usageId.replace('usg', 'chg') },
            ...{ source: 'tokengrid:subsidy', eventId: use.usageId, reportedBy: operatorPartyId, time: use.time },
            ...{ app: 'translate', plan: 'basic', model: 'qwen', units: {} },
            ...{ tokens: 450n, priceVersion: 'app:translate:basic@2,model:qwen@3', operatorBps: 0 },
            lines: [{ of: 'app:translate:basic', meter: 'subsidy', units: '450', unitPrice: '1', tokens: 450n }],
            shares: [{ role: 'provider', partyId: provider, tokens: 450n }],
            subsidyOf: use.usageId,
          },
        ],
      }),
    );
  });

  it('never states one for a use that needs none', () => {
    const direct = { ...use, chargeId, ...(rate(use, directUse, noPeriods) as Rating) };
    expect(() => given().when(chargeSubsidies, { developerId: developer, uses: [direct] })).toThrow('not subsidised');
  });
});
