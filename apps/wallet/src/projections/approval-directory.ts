import { Injectable } from '@nestjs/common';
import { notFound } from '@tokengrid/service';
import { DataSource, MoreThan } from 'typeorm';
import { ApprovalRow, type ApprovalStatus } from './approvals.table.ts';

/** What took or takes a second person's word. */
@Injectable()
export class ApprovalDirectory {
  constructor(private readonly database: DataSource) {}

  /** @throws ProblemError 404 for an approval that there is not */
  async mustFind(approvalId: string): Promise<ApprovalRow> {
    const approval = await this.database.getRepository(ApprovalRow).findOneBy({ approvalId });
    if (!approval) throw notFound(`no such approval: ${approvalId}`);
    return approval;
  }

  /** The oldest first, after an id. */
  async list(status: ApprovalStatus | undefined, after: string, limit: number): Promise<readonly ApprovalRow[]> {
    return this.database.getRepository(ApprovalRow).find({
      where: { approvalId: MoreThan(after), ...(status && { status }) },
      order: { approvalId: 'ASC' },
      take: limit,
    });
  }
}
