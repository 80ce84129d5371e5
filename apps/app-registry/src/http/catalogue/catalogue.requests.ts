import { instant, manifest, meterName, slug, text } from '@tokengrid/contracts';
import { pageOf, pageQuery } from '@tokengrid/service';
import { z } from 'zod';

export const CatalogueQuery = pageQuery.extend({
  q: z
    .string()
    .max(200)
    .default('')
    .meta({ description: 'Words, each a part of a slug, name or description, in any case' }),
  meter: meterName.optional().meta({ description: 'Meter that a plan prices' }),
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
    .optional()
    .meta({ description: 'Typical use: each plan has its `cost`, by which the first use of a month is charged' }),
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
    meters: manifest.shape.meters,
    plans: z.array(
      z.looseObject({
        id: z.string(),
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
