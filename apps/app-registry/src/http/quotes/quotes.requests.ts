import { modelName, plan, seats, slug, typeId, units } from '@tokengrid/contracts';
import { z } from 'zod';

const someUnits = (description: string, example: object) => units.meta({ description, example });

/** A plan of an app or a model, and a use of it. */
export const QuoteRequest = z
  .strictObject({
    app: slug.optional(),
    plan: plan.shape.id.optional(),
    model: modelName.optional(),
    offer: typeId('mod').optional().meta({ description: 'Offer of the model; its only one if absent' }),
    units: someUnits('Units of the use, by meter', { recommendations: '3' }),
    used: someUnits('Quantities of the period before the use, by meter', { recommendations: '98' }).default({}),
    seats: seats.optional().meta({ description: "Seats that the month's fee is for; default: 1", example: 7 }),
  })
  .refine(({ app, model }) => (app === undefined) !== (model === undefined), {
    path: ['app'],
    error: 'must be there, or a model: the use of one of the two is quoted',
  })
  .refine(({ app, plan }) => (app === undefined) === (plan === undefined), {
    path: ['plan'],
    error: 'must be there with an app, and only with one',
  })
  .refine(({ model, offer }) => offer === undefined || model !== undefined, {
    path: ['offer'],
    error: 'must be there only with its model',
  })
  .meta({
    id: 'QuoteRequest',
    example: { app: 'tea-shop', plan: 'basic', units: { recommendations: '3' }, used: { recommendations: '98' } },
  });
export type QuoteRequest = z.output<typeof QuoteRequest>;

const tokens = z
  .string()
  .meta({ description: 'µAIT as a decimal string; negative where the use makes others cheaper', example: '1500' });
const decimal = (description: string, example: string) => z.string().optional().meta({ description, example });

export const QuoteAnswer = z
  .strictObject({
    tokens,
    priceVersion: z.string().meta({ description: 'Prices that were applied', example: 'app:tea-shop:basic@1' }),
    fee: decimal("µAIT of a whole month's fee with these seats, beside the use; absent: the plan has none", '5000000'),
    lines: z.array(
      z.strictObject({
        meter: decimal('Meter; absent for a minimum or maximum charge', 'recommendations'),
        units: decimal('Units, where the use alone tells the cost', '3'),
        unitPrice: decimal('µAIT per unit, where the use alone tells the cost', '1500'),
        before: decimal('Quantity of the period before the use', '98'),
        after: decimal('Quantity of the period after the use', '101'),
        kind: z
          .enum(['period', 'minimum', 'maximum'])
          .optional()
          .meta({ description: 'Price that counts over the period, or a bound of it; absent for the use alone' }),
        tokens,
      }),
    ),
  })
  .meta({
    id: 'Quote',
    example: {
      tokens: '1500',
      priceVersion: 'app:tea-shop:basic@1',
      lines: [{ kind: 'period', meter: 'recommendations', before: '98', after: '101', tokens: '1500' }],
    },
  });
