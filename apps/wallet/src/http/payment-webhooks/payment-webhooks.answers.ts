import { z } from 'zod';

export const WebhookTakenAnswer = z
  .strictObject({
    taken: z.boolean().meta({ description: 'false: it changed nothing, and sending it again will not either' }),
  })
  .meta({ id: 'WebhookTaken' });
