import { describe, expect, it } from '@jest/globals';
import { rateByUse } from '@tokengrid/rating';
import fc from 'fast-check';
import { quoteOf } from './quotes.ts';
import { meters, modelQuote, quotedPlan, quotedUse } from './quotes-model.fixture.ts';

const none = new Map();

describe('a quote', () => {
  it('is what the next use adds to a period', () => {
    const onOffer = {
      prices: [
        {
          meter: 'requests',
          model: 'graduated' as const,
          tiers: [
            { upTo: '10', unitPrice: '2' },
            { upTo: null, unitPrice: '1' },
          ],
        },
      ],
      maximumCharge: 25n,
      aggregations: none,
    };
    expect(quoteOf(onOffer, { units: { requests: '4' }, used: {} })).toMatchObject({ tokens: 8n });
    expect(quoteOf(onOffer, { units: { requests: '4' }, used: { requests: '9' } })).toMatchObject({
      tokens: 5n,
      lines: [{ kind: 'period', meter: 'requests', before: '9', after: '13', tokens: 5n }],
    });
    expect(quoteOf(onOffer, { units: { requests: '4' }, used: { requests: '14' } })).toMatchObject({
      tokens: 1n,
      lines: [{ tokens: 4n }, { kind: 'maximum', tokens: -3n }],
    });
  });

  it("is of the latest value that the use's own, and of a count one", () => {
    const price = { meter: 'seats', model: 'per-unit' as const, unitPrice: '10' };
    const cost = (aggregation: 'latest' | 'count', used: object) =>
      quoteOf(
        { prices: [price], aggregations: new Map([['seats', aggregation]]) },
        { units: { seats: '3' }, used: used as Record<string, string> },
      );
    expect(cost('latest', { seats: '7' })).toMatchObject({ tokens: -40n });
    expect(cost('count', { seats: '7' })).toMatchObject({ tokens: 10n });
  });

  it('is what metering charges for a use that is rated by itself', () => {
    const units = fc.dictionary(
      fc.constantFrom('input_tokens', 'requests', 'images'),
      fc.constantFrom('0', '7', '0.333333'),
    );
    const unitPrice = fc.constantFrom('0', '0.4', '1500.5', '0.000001');
    fc.assert(
      fc.property(units, units, unitPrice, unitPrice, fc.boolean(), (used, next, input, request, counts) => {
        const aggregation = counts ? ('count' as const) : ('sum' as const);
        const prices = [
          { meter: 'input_tokens', model: 'per-unit' as const, unitPrice: input },
          { meter: 'requests', model: 'per-unit' as const, unitPrice: request },
        ];
        const quoted = quoteOf({ prices, aggregations: new Map([['requests', aggregation]]) }, { units: next, used });
        const charged = rateByUse(next, [prices[0]!, { ...prices[1]!, aggregation }]);
        expect(quoted).toMatchObject({ tokens: charged.tokens, lines: charged.lines });
      }),
    );
  });

  it('is what the sheet of rules says, by any plan, for any units', () => {
    const aggregations = new Map(meters.map(({ name, aggregation }) => [name as string, aggregation]));
    fc.assert(
      fc.property(quotedPlan, quotedUse, (plan, use) => {
        const quoted = quoteOf({ prices: plan.prices, maximumCharge: plan.maximumCharge, aggregations }, use);
        expect(quoted).toMatchObject({ tokens: modelQuote(plan, use.units, use.used) });
      }),
      { numRuns: 500 },
    );
  });

  it('is none beyond the bounds of rating', () => {
    const price = { meter: 'seats', model: 'per-unit' as const, unitPrice: '1' };
    const onOffer = { prices: [price], aggregations: new Map([['seats', 'unique' as const]]) };
    expect(quoteOf(onOffer, { units: { seats: '1' }, used: { seats: '1000' } })).toBe('too-many-values');
  });
});
