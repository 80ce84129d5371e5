import { z } from 'zod';

/** The answer while an outcome is not there yet. */
export const PendingCommand = z
  .strictObject({ commandId: z.uuid(), status: z.literal('pending') })
  .meta({ id: 'PendingCommand', description: 'the command is stored; its outcome follows' });
