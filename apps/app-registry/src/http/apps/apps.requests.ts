import { instant, slug } from '@tokengrid/contracts';
import { pageOf, shownName } from '@tokengrid/service';
import { z } from 'zod';

/** A label that browsers show as other letters (IDNA), which look-alikes are not compared by. */
const encodedLabel = /^xn--/;

const newSlug = slug.refine((name) => !encodedLabel.test(name), {
  error: 'must not begin with "xn--", which stands for other letters',
});

export const AppRequest = z.strictObject({ slug: newSlug, name: shownName(100) }).meta({ id: 'AppRequest' });
export type AppRequest = z.output<typeof AppRequest>;

const appStatus = z.enum(['draft', 'published', 'suspended']);
export const AppAnswer = z
  .strictObject({
    appId: z.string(),
    slug,
    name: z.string(),
    developerId: z.string(),
    status: appStatus,
    createdAt: instant.optional(),
    belowCost: z
      .literal(true)
      .optional()
      .meta({ description: 'a model that it uses costs more than its price leaves: its developer pays the rest' }),
  })
  .meta({ id: 'App', description: 'draft until a version is published' });

export const AppStatusAnswer = z
  .strictObject({ appId: z.string(), status: z.enum(['suspended', 'active']) })
  .meta({ id: 'AppStatusChanged' });

export const AppList = pageOf(AppAnswer).meta({ id: 'AppList' });
