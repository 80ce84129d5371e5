import { describe, expect, it } from '@jest/globals';
import { rejectedFor } from './app-registry-answers.ts';

describe('a rejected version', () => {
  it('is answered with its faults, worded from their codes and facts', () =>
    expect(
      rejectedFor({
        faults: [
          { code: 'APP_REGISTRY.METER_UNKNOWN', pointer: '/plans/0/prices/0/meter' },
          { code: 'APP_REGISTRY.TIERS_MISSING', pointer: '/plans/0/prices/1/tiers', priceModel: 'volume' },
        ],
      }),
    ).toEqual({
      faults: [
        {
          code: 'APP_REGISTRY.METER_UNKNOWN',
          pointer: '/plans/0/prices/0/meter',
          detail: "is neither one of the manifest's meters nor a well-known one",
        },
        {
          code: 'APP_REGISTRY.TIERS_MISSING',
          pointer: '/plans/0/prices/1/tiers',
          detail: 'must be there: a volume price has tiers',
        },
      ],
    }));

  it("is answered with the operator's reasons in the operator's words", () =>
    expect(rejectedFor({ faults: null, reasons: ['no contact'] })).toEqual({ reasons: ['no contact'] }));
});
