import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { instantOf, type WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import {
  Caller,
  cursorKey,
  Incoming,
  type IncomingCommand,
  OperatorOnly,
  page,
  type Principal,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { approveGrant } from '../../decisions/grants/approve-grant.ts';
import { rejectGrant } from '../../decisions/grants/reject-grant.ts';
import { approveMarketPolicy, rejectMarketPolicy } from '../../decisions/market-policy/decide-market-policy.ts';
import { approveTokenPrice, rejectTokenPrice } from '../../decisions/prices/decide-token-price.ts';
import { approveResolution, rejectResolution } from '../../decisions/purchases/resolve-contradiction.ts';
import type { Proposed } from '../../decisions/state/approvals.ts';
import { marketPolicyStreamId } from '../../decisions/state/market-policies.ts';
import { tokenPriceStreamId } from '../../decisions/state/token-prices.ts';
import { Deciding } from '../../flows/deciding.ts';
import { Issuing } from '../../flows/issuing.ts';
import { ApprovalDirectory } from '../../projections/approval-directory.ts';
import type { ApprovalRow } from '../../projections/approvals.table.ts';
import { PurchaseDirectory } from '../../projections/purchase-directory.ts';
import { TokenPrices } from '../../projections/token-prices.ts';
import { MarketPolicyStream } from '../../streams/market-policies.ts';
import { TokenPriceStream } from '../../streams/token-prices.ts';
import { Wallets } from '../../streams/wallets.ts';
import { ApprovalAnswer, ApprovalsAnswer, ApprovedAnswer, RejectedAnswer } from './approvals.answers.ts';
import { ApprovalsQuery, RejectionRequest } from './approvals.requests.ts';

/** Cursor: the last approval's id. */
const lastId = z.string().max(60);

/** Proposals that wait for a second person: a key of another person than the one that proposed. */
@Controller('v1/approvals')
export class ApprovalsController {
  constructor(
    private readonly approvals: ApprovalDirectory,
    private readonly deciding: Deciding,
    private readonly issuing: Issuing,
    private readonly wallets: Wallets,
    private readonly prices: TokenPriceStream,
    private readonly policies: MarketPolicyStream,
    private readonly purchases: PurchaseDirectory,
    private readonly inForce: TokenPrices,
  ) {}

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

  /**
   * Approves a proposal, which is then carried out. The approving key has to be another person's
   * than the proposing one.
   */
  @Post(':approvalId/approve')
  @OperatorOnly()
  @Refuses('approveGrant', 'approveTokenPrice', 'approveMarketPolicy', 'approveResolution')
  @Responds(200, ApprovedAnswer)
  async approveProposal(
    @Param('approvalId') approvalId: string,
    @Caller() { keyId: by, people }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const proposed = await this.approvals.mustFind(approvalId);
    const approval = { approvalId, by, people };
    switch (proposed.kind) {
      case 'token-price':
        return this.prices.handle(approveTokenPrice, incoming.to(tokenPriceStreamId, approval));
      case 'market-policy':
        return this.policies.handle(approveMarketPolicy, incoming.to(marketPolicyStreamId, approval));
      case 'payment-contradiction':
        return this.resolve(proposed, approval, incoming);
      default:
        return this.deciding.handle(this.wallets, approveGrant, incoming.to(walletOf(proposed), approval));
    }
  }

  /**
   * Rejects a proposal, which is then dropped. The rejecting key has to be another person's than
   * the proposing one.
   */
  @Post(':approvalId/reject')
  @OperatorOnly()
  @Refuses('rejectGrant', 'rejectTokenPrice', 'rejectMarketPolicy', 'rejectResolution')
  @Responds(200, RejectedAnswer)
  async rejectProposal(
    @Param('approvalId') approvalId: string,
    @Body({ schema: RejectionRequest }) { reason }: RejectionRequest,
    @Caller() { keyId: by, people }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const proposed = await this.approvals.mustFind(approvalId);
    const rejection = { approvalId, by, people, reason };
    switch (proposed.kind) {
      case 'token-price':
        return this.prices.handle(rejectTokenPrice, incoming.to(tokenPriceStreamId, rejection));
      case 'market-policy':
        return this.policies.handle(rejectMarketPolicy, incoming.to(marketPolicyStreamId, rejection));
      case 'payment-contradiction':
        return this.wallets.handle(rejectResolution, incoming.to(walletOf(proposed), rejection));
      default:
        return this.wallets.handle(rejectGrant, incoming.to(walletOf(proposed), rejection));
    }
  }

  /** Carries out a proposed resolution of a payment contradiction. */
  private async resolve(
    proposed: ApprovalRow,
    approval: Proposed,
    incoming: IncomingCommand,
  ): Promise<Outcome<WalletEvent>> {
    const { purchaseId } = noticeOf(proposed);
    const [{ known }, posted] = await Promise.all([this.purchases.mustKnow(purchaseId), this.inForce.inForceNow()]);
    const approving = incoming.to(walletOf(proposed), { ...approval, posted, known });
    return this.issuing.freed(await this.deciding.handle(this.wallets, approveResolution, approving));
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

/** Purchase of a notice's proposal. */
const noticeOf = ({ proposal }: ApprovalRow) => proposal as { readonly purchaseId: string };

/** Wallet of a proposed grant. */
const walletOf = ({ walletId }: ApprovalRow): string => walletId!;
