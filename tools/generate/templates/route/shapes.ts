import { z } from 'zod';

export const DoSomethingRequest = z.strictObject({}).default({}).meta({ id: 'DoSomethingRequest' });
export type DoSomethingRequest = z.output<typeof DoSomethingRequest>;

export const SomethingHappenedAnswer = z.strictObject({ id: z.string() }).meta({ id: 'SomethingHappened' });
