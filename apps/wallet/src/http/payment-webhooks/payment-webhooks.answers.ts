import { z } from 'zod';

export const WebhookTakenAnswer = z
  .strictObject({
    taken: z.boolean().meta({ description: 'false: the notice changed nothing, and repeating it will not either' }),
  })
  .meta({ id: 'WebhookTaken' });
