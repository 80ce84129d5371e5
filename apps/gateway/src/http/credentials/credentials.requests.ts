import { instant, typeId } from '@tokengrid/contracts';
import { z } from 'zod';

const dayS = 86_400;
/** Seconds for which former credentials stand in, unless a request says otherwise. */
const defaultOverlapS = 600;

export const CredentialsRequest = z
  .strictObject({
    authorization: z
      .string()
      .min(1)
      .max(4096)
      .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be the value of a header: ASCII, without line breaks')
      .meta({
        description: 'value of the header `authorization` for the provider',
        example: 'Bearer sk-0123456789abcdef',
      }),
    overlapSeconds: z.int().min(0).max(dayS).default(defaultOverlapS).meta({
      description: 'time for which the former ones are used where these are refused; 600 by default',
      example: 600,
    }),
  })
  .meta({ id: 'CredentialsRequest' });
export type CredentialsRequest = z.output<typeof CredentialsRequest>;

export const CredentialsAnswer = z
  .strictObject({
    modelId: typeId('mod'),
    status: z
      .enum(['set', 'lost'])
      .meta({ description: 'lost: the key store does not have them any more, so that they have to be set again' }),
    setAt: instant,
    by: z.string().meta({ description: 'id of the API key that set them', example: 'key_01jzx0000000000000000000ab' }),
  })
  .meta({ id: 'Credentials', description: 'credentials themselves are never shown' });
