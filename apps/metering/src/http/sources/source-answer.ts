import { instantOf, modelName, partyId, slug, type SourceField } from '@tokengrid/contracts';
import { z } from 'zod';
import type { SourceMapping } from '../../usage-events/sourced-event.ts';

const field = z.union([z.string(), z.strictObject({ value: z.string() })]);

/** A source, as it is answered: in the form in which it is set. */
export const SourceAnswer = z
  .strictObject({
    type: z.string().meta({ description: '`type` of the CloudEvents', example: 'chat.answered' }),
    party: partyId.optional().meta({ description: 'Party that set the source; absent: it is set by default' }),
    app: z.union([z.string(), z.strictObject({ value: slug })]).optional(),
    model: z.union([z.string(), z.strictObject({ value: modelName })]).optional(),
    units: z.record(z.string(), field),
    version: z.int().meta({ description: '0 for a source that is set by default', example: 1 }),
    setAt: z.string().optional().meta({ example: '2026-01-31T08:00:00.000Z' }),
  })
  .meta({
    id: 'Source',
    example: {
      ...{ type: 'chat.answered', party: 'org_01jzx0000000000000000000ab', app: { value: 'tea-shop' } },
      units: { input_tokens: '/data/usage/prompt_tokens' },
      ...{ version: 1, setAt: '2026-01-31T08:00:00.000Z' },
    },
  });

interface Shown extends SourceMapping {
  readonly type: string;
  readonly partyId?: string;
  readonly version: number;
  readonly setAt?: number;
}

/** Body of a source. */
export function sourceOf({ type, partyId: party, app, model, units, version, setAt }: Shown) {
  return {
    ...{ type, party, app: app ? fieldOf(app) : undefined, model: model ? fieldOf(model) : undefined },
    units: Object.fromEntries(units.map(({ meter, ...place }) => [meter, fieldOf(place)])),
    ...{ version, setAt: setAt === undefined ? undefined : instantOf(setAt) },
  };
}

const fieldOf = ({ pointer, value }: SourceField) => pointer ?? { value };
