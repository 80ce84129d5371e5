import { amount, appCategory, instant, manifest, meterName, mostSeats, slug, text } from '@tokengrid/contracts';
import { pageOf, pageQuery } from '@tokengrid/service';
import { z } from 'zod';

/** True unless a meter is there twice. */
function namesEachOnce(units: string): boolean {
  const meters = units.split(',').map((part) => part.split(':')[0]);
  return new Set(meters).size === meters.length;
}

const seatsExpected = `must be a whole number from 1 to ${mostSeats}`;

export const CatalogueQuery = pageQuery
  .extend({
    q: z
      .string()
      .max(200)
      .default('')
      .meta({ description: 'Words, each a part of a slug, name or description, in any case' }),
    meter: meterName.optional().meta({ description: 'Meter that a plan prices' }),
    category: appCategory.optional().meta({ description: 'Category of the app' }),
    region: text(60).optional().meta({ description: 'Region of an offer of a model that the app uses' }),
    units: z
      .string()
      .max(500)
      .regex(
        /^[a-z][a-z0-9_]{0,62}:(0|[1-9]\d{0,17})(\.\d{1,6})?(,[a-z][a-z0-9_]{0,62}:(0|[1-9]\d{0,17})(\.\d{1,6})?)*$/,
        {
          error: 'must be meters and their units, such as "input_tokens:1000,output_tokens:200"',
        },
      )
      .refine(namesEachOnce, 'must name each meter once')
      .optional()
      .meta({ description: 'Typical use: each plan has its `cost`, by which the first use of a month is charged' }),
    seats: z
      .string()
      .regex(/^[1-9]\d{0,5}$/, seatsExpected)
      .transform(Number)
      .refine((number) => number <= mostSeats, seatsExpected)
      .default(1)
      .meta({
        description: 'Seats of the typical use, for the `fee` of a plan; 1 by default',
        ...{ type: 'integer', minimum: 1, maximum: mostSeats, pattern: undefined, default: 1, example: 7 },
      }),
    maxCost: amount.optional().meta({
      description: 'µAIT that the use in `units` may cost, by a plan that has a price for it',
      example: '5000',
    }),
    maxFee: amount.optional().meta({
      description: 'µAIT that a month with `seats` may cost; 0: a plan without a fee',
      example: '0',
    }),
  })
  .refine(({ maxCost, units }) => maxCost === undefined || units !== undefined, {
    path: ['maxCost'],
    error: 'must be there only with units: it is the most that they may cost',
  });
export type CatalogueQuery = z.output<typeof CatalogueQuery>;

export const CatalogueList = pageOf(
  z.strictObject({
    appId: z.string(),
    slug,
    name: z.string(),
    developerId: z.string(),
    version: z.int(),
    description: z.string(),
    category: appCategory.optional(),
    meters: manifest.shape.meters,
    plans: z.array(
      z.looseObject({
        id: z.string(),
        fee: z
          .string()
          .optional()
          .meta({ description: "µAIT of a month's fee with `seats`; absent: the plan has none", example: '5000000' }),
        cost: z
          .string()
          .optional()
          .meta({ description: 'µAIT of the use in `units`, as a decimal string', example: '4500' }),
      }),
    ),
    scopes: z.array(z.string()),
    dataUse: z.array(z.string()),
    effectiveFrom: instant,
  }),
).meta({ id: 'Catalogue' });
