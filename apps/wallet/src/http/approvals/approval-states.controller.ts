import { Controller, Get, Param, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { cursorKey, OperatorOnly, page, pageOf, pageQuery, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { ApprovalDirectory } from '../../projections/approval-directory.ts';
import { approvalKinds, type ApprovalRow, approvalStatuses } from '../../projections/approvals.table.ts';

const ApprovalsQuery = pageQuery.extend({
  status: z.enum(approvalStatuses).optional().meta({ description: 'Status of the approvals' }),
});
type ApprovalsQuery = z.output<typeof ApprovalsQuery>;

const keyId = z.string().meta({ description: 'the id of one of the operator’s keys', example: 'bootstrap' });

export const ApprovalAnswer = z
  .strictObject({
    approvalId: z.string(),
    kind: z.enum(approvalKinds),
    walletId: z.string().optional().meta({ description: 'whose it would be; a price and a policy are nobody’s' }),
    proposal: z
      .record(z.string(), z.unknown())
      .meta({ description: 'what exactly was proposed: tokens and terms of a grant, a price, or a market policy' }),
    status: z.enum(approvalStatuses),
    proposedBy: keyId,
    proposedAt: z.string(),
    decidedBy: keyId.optional(),
    decidedAt: z.string().optional(),
    reason: z.string().optional().meta({ description: 'why it was rejected' }),
  })
  .meta({ id: 'Approval' });

export const ApprovalsAnswer = pageOf(ApprovalAnswer).meta({ id: 'Approvals' });

/** Where a page ended: the id of its last approval. */
const lastId = z.string().max(60);

/** What waits for a second person of the operator's, and what did. */
@Controller('v1/approvals')
export class ApprovalStatesController {
  constructor(private readonly approvals: ApprovalDirectory) {}

  /** Lists approvals, the oldest first. `status=awaiting-approval` selects those that wait. */
  @Get()
  @OperatorOnly()
  @Responds(200, ApprovalsAnswer)
  async listApprovals(@Query({ schema: ApprovalsQuery }) { status, limit, cursor }: ApprovalsQuery) {
    const rows = await this.approvals.list(status, cursorKey(cursor, lastId) ?? '', limit + 1);
    return page(rows, limit, ({ approvalId }) => approvalId, answerOf);
  }

  /** Gets an approval. The answer has the proposal in full, and its outcome. */
  @Get(':approvalId')
  @OperatorOnly()
  @Responds(200, ApprovalAnswer)
  async getApproval(@Param('approvalId') approvalId: string) {
    return answerOf(await this.approvals.mustFind(approvalId));
  }
}

function answerOf({ walletId, proposedAt, decidedBy, decidedAt, reason, ...approval }: ApprovalRow) {
  return {
    ...approval,
    walletId: walletId ?? undefined,
    proposedAt: instantOf(proposedAt),
    decidedBy: decidedBy ?? undefined,
    decidedAt: decidedAt === null ? undefined : instantOf(decidedAt),
    reason: reason ?? undefined,
  };
}
