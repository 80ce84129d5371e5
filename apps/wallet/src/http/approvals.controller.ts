import { Body, Controller, Param, Post } from '@nestjs/common';
import { Caller, Incoming, type IncomingCommand, OperatorOnly, type Principal, Responds } from '@tokengrid/service';
import { approveGift } from '../decisions/approve-gift.ts';
import { approveTokenPrice, rejectTokenPrice } from '../decisions/decide-token-price.ts';
import { rejectGift } from '../decisions/reject-gift.ts';
import { tokenPriceStreamId } from '../decisions/token-price.ts';
import { Issuing } from '../issuing.ts';
import { ApprovalDirectory } from '../projections/approval-directory.ts';
import { TokenPriceStream } from '../token-price-stream.ts';
import { Wallets } from '../wallets.ts';
import { ApprovedAnswer, RejectedAnswer } from './answers/approvals.ts';
import { RejectionRequest } from './approvals.requests.ts';

/** A second person's word: by another of the operator's keys than the one that proposed. */
@Controller('v1/approvals/:approvalId')
export class ApprovalsController {
  constructor(
    private readonly approvals: ApprovalDirectory,
    private readonly issuing: Issuing,
    private readonly wallets: Wallets,
    private readonly prices: TokenPriceStream,
  ) {}

  /** Gives or posts what was proposed. */
  @Post('approve')
  @OperatorOnly()
  @Responds(200, ApprovedAnswer)
  async approve(
    @Param('approvalId') approvalId: string,
    @Caller() { keyId: by }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { walletId } = await this.approvals.mustFind(approvalId);
    const approval = { approvalId, by };
    if (walletId === null) return this.prices.handle(approveTokenPrice, incoming.to(tokenPriceStreamId, approval));
    return this.issuing.issue(approveGift, incoming.to(walletId, approval));
  }

  /** Drops what was proposed. */
  @Post('reject')
  @OperatorOnly()
  @Responds(200, RejectedAnswer)
  async reject(
    @Param('approvalId') approvalId: string,
    @Body({ schema: RejectionRequest }) { reason }: RejectionRequest,
    @Caller() { keyId: by }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { walletId } = await this.approvals.mustFind(approvalId);
    const rejection = { approvalId, by, reason };
    if (walletId === null) return this.prices.handle(rejectTokenPrice, incoming.to(tokenPriceStreamId, rejection));
    return this.wallets.handle(rejectGift, incoming.to(walletId, rejection));
  }
}
