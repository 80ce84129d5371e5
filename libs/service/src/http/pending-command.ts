import { z } from 'zod';

/** Id of a command: a UUID in form; `commandIdOf` reserves no bits for a UUID version. */
export const commandIdText = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be the id of a command');

/** Answer while there is no outcome. */
export const PendingCommand = z
  .strictObject({
    commandId: z
      .string()
      .meta({ description: 'Id for GET /v1/commands/{commandId}; for a caller without an API key, its proof too' }),
    status: z.literal('pending'),
  })
  .meta({ id: 'PendingCommand', description: 'Stored command without an outcome yet' });
