import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { csvAnswer } from '@tokengrid/service';
import fc from 'fast-check';
import { exact } from './exact.ts';
import { focusColumns } from './focus-columns.ts';
import { chargeOf, charges, rowsOf } from './focus.fixture.ts';
import { focusRowsOf } from './focus-rows.ts';

const example = new URL('../../../../docs/examples/focus.csv', import.meta.url);

async function* pages() {
  await Promise.resolve();
  yield charges.flatMap((charge) => rowsOf(charge));
}

describe('rows of a charge in FOCUS 1.2', () => {
  it('are those of the example, which focus-validator accepts', async () => {
    const csv = csvAnswer({ name: 'charges-focus', columns: focusColumns, bom: false }, pages());
    expect(await text(csv.body as Readable)).toBe(readFileSync(example, 'utf8'));
  });

  it('are one for each meter, with exact costs by the price of tokens at the time of use', () => {
    const [input, output] = rowsOf(chargeOf());
    expect(input).toMatchObject({
      ...{ ChargeCategory: 'Usage', ConsumedQuantity: '374.0', PricingQuantity: '374.0', x_Tokens: '561' },
      // 561 µAIT at 12.34 yuan for a million.
      ...{ EffectiveCost: '0.00692274', ListCost: '0.00692274', ListUnitPrice: '0.00001851', BilledCost: '0.0' },
      ...{
        PricingCurrency: 'AIT',
        PricingCurrencyEffectiveCost: '0.000561',
        PricingCurrencyListUnitPrice: '0.0000015',
      },
    });
    // 44 units at 10⁻⁶ µAIT are rounded to nothing: the list cost is exact, the effective one as
    // charged.
    expect(output).toMatchObject({ ListCost: '0.00000000054296', EffectiveCost: '0.0', x_Tokens: '0' });
  });

  it('come to the tokens of the charge, whatever its meters come to', () => {
    const amount = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), amount), amount, (byMeter, tokens) => {
        const amounts = Object.fromEntries(Object.entries(byMeter).map(([meter, of]) => [meter, of.toString()]));
        const rows = rowsOf(chargeOf({ units: { a: '1' }, amounts, tokens: tokens.toString() }));
        expect(rows.reduce((sum, row) => sum + BigInt(row.x_Tokens), 0n)).toBe(tokens);
        const inAit = rows.map((row) => exact(row.PricingCurrencyEffectiveCost));
        const scaled = inAit.map(({ value, scale }) => value * 10n ** BigInt(6 - scale));
        expect(scaled.reduce((sum, value) => sum + value, 0n)).toBe(tokens);
      }),
    );
  });

  it('are corrections of their use where they are differences, without unit prices', () => {
    const [row] = rowsOf(charges[1]!);
    expect(row).toMatchObject({ ChargeClass: 'Correction', ConsumedQuantity: '-74.0', EffectiveCost: '-0.00136974' });
    expect(row).not.toHaveProperty('ListUnitPrice');
  });

  it('price uses where the meter counts them', () =>
    expect(rowsOf(charges[2]!)).toMatchObject([
      {
        ConsumedQuantity: '3.0',
        PricingQuantity: '1.0',
        PricingUnit: 'uses',
        ListCost: '0.01234',
        x_Status: 'uncollected',
      },
    ]));

  it('have a row of their own for a maximum, and no unit price for packages', () => {
    const [ofMeter, maximum] = rowsOf(charges[3]!);
    expect(ofMeter).not.toHaveProperty('ListUnitPrice');
    expect(maximum).toMatchObject({ ChargeCategory: 'Adjustment', x_Tokens: '-1000' });
    expect(maximum?.ChargeDescription).toBe('Maximum of app:translate:packs');
  });

  it('are purchases for fees, and adjustments for subsidies and advances', () => {
    const kinds = charges.slice(4).flatMap((charge) => rowsOf(charge));
    expect(kinds.map((row) => [row.ChargeCategory, row.ChargeDescription])).toEqual([
      ['Purchase', 'Fee of a subscription to translate'],
      ['Adjustment', 'Subsidy of usg_01jzx0000000000000000000ac'],
      ['Adjustment', 'Advance of a refund'],
    ]);
  });

  it("are adjustments for the rest of a month's minimum", () => {
    const of = { source: 'tokengrid:period', app: 'translate', model: null, offer: null, units: {}, amounts: {} };
    const [row, ...others] = rowsOf(chargeOf({ ...of, priceVersion: 'app:translate:packs@2', tokens: '500' }));
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      ...{ ChargeCategory: 'Adjustment', ChargeDescription: 'Minimum of app:translate:packs', x_Tokens: '500' },
    });
  });

  it('know no currency before a token has a price, and the digits of each', () => {
    const terms = { list: undefined, version: undefined, prices: new Map(), publisherId: undefined, region: undefined };
    const calendar = { timeZone: 'UTC', dayOf: () => '2026-01-31', startOfDay: () => 0, endOfMonth: () => 0 };
    const [unpriced] = focusRowsOf(chargeOf(), { terms, tokenPrice: undefined, calendar });
    expect(unpriced).toMatchObject({ BillingCurrency: 'XXX', EffectiveCost: '0.0' });
    const [inYen] = rowsOf(chargeOf(), { currency: 'JPY', buy: 1234n });
    expect(inYen).toMatchObject({ BillingCurrency: 'JPY', EffectiveCost: '0.692274' });
  });

  it('are none for a use that was voided before it was rated', () =>
    expect(rowsOf(chargeOf({ units: {}, amounts: {}, tokens: '0' }))).toEqual([]));
});
