import { Injectable } from '@nestjs/common';
import { notFound } from '@tokengrid/service';
import { DataSource, MoreThan } from 'typeorm';
import { ApprovalRow, type ApprovalStatus } from './approvals.table.ts';

/** Proposals and their resolutions. */
@Injectable()
export class ApprovalDirectory {
  constructor(private readonly database: DataSource) {}

  /** @throws ProblemError 404 if there is no such approval */
  async mustFind(approvalId: string): Promise<ApprovalRow> {
    const approval = await this.database.getRepository(ApprovalRow).findOneBy({ approvalId });
    if (!approval) throw notFound(`no such approval: ${approvalId}`);
    return approval;
  }

  /** Approvals after an id, the oldest first. */
  async list(status: ApprovalStatus | undefined, after: string, limit: number): Promise<readonly ApprovalRow[]> {
    return this.database.getRepository(ApprovalRow).find({
      where: { approvalId: MoreThan(after), ...(status && { status }) },
      order: { approvalId: 'ASC' },
      take: limit,
    });
  }
}
