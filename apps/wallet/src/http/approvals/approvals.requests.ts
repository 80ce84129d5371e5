import { text } from '@tokengrid/contracts';
import { z } from 'zod';

export const RejectionRequest = z.strictObject({ reason: text(200).optional() }).meta({ id: 'RejectionRequest' });
export type RejectionRequest = z.output<typeof RejectionRequest>;
