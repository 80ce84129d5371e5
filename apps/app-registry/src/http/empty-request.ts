import { z } from 'zod';

/** A body for requests that say all in their path: none, or an empty object. */
export const EmptyRequest = z.strictObject({}).default({});
export type EmptyRequest = z.output<typeof EmptyRequest>;
