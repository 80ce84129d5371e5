import { z } from 'zod';

/** Body of a request without input: absent, or an empty object. */
export const EmptyRequest = z.strictObject({}).default({});
export type EmptyRequest = z.output<typeof EmptyRequest>;
