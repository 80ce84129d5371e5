import { z } from 'zod';

export const CreateSomeStreamRequest = z.strictObject({}).default({}).meta({ id: 'CreateSomeStreamRequest' });
export type CreateSomeStreamRequest = z.output<typeof CreateSomeStreamRequest>;

export const SomeStreamAnswer = z.strictObject({ someStreamId: z.string() }).meta({ id: 'SomeStream' });
