import { text } from '@tokengrid/contracts';
import { pageQuery } from '@tokengrid/service';
import { z } from 'zod';
import { approvalStatuses } from '../../projections/approvals.table.ts';

export const RejectionRequest = z.strictObject({ reason: text(200).optional() }).meta({ id: 'RejectionRequest' });
export type RejectionRequest = z.output<typeof RejectionRequest>;

export const ApprovalsQuery = pageQuery.extend({
  status: z.enum(approvalStatuses).optional().meta({ description: 'Status of the approvals' }),
});
export type ApprovalsQuery = z.output<typeof ApprovalsQuery>;
