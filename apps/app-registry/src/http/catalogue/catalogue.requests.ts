import { instant, manifest, slug } from '@tokengrid/contracts';
import { pageOf, pageQuery } from '@tokengrid/service';
import { z } from 'zod';

export const CatalogueQuery = pageQuery.extend({
  q: z
    .string()
    .max(200)
    .default('')
    .meta({ description: 'part of a slug, name or description, in any case; everything if absent' }),
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
    plans: z.array(z.looseObject({ id: z.string() })),
    scopes: z.array(z.string()),
    dataUse: z.array(z.string()),
    effectiveFrom: instant,
  }),
).meta({ id: 'Catalogue' });
