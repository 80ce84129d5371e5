import { Body, Controller, Param, Post } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  notFound,
  OperatorOnly,
  type Principal,
  Refuses,
  Responds,
} from '@tokengrid/service';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import { PurchaseOutdated } from '../../decisions/state/purchase-record.ts';
import { proposeResolution } from '../../decisions/purchases/resolve-contradiction.ts';
import { PurchaseDirectory } from '../../projections/purchase-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { ResolutionRequest } from './payment-contradictions.requests.ts';

/** What the operator does about payments that contradict themselves. */
@Controller('v1/payment-contradictions/:noticeId')
export class PaymentContradictionsController {
  constructor(
    private readonly purchases: PurchaseDirectory,
    private readonly wallets: Wallets,
  ) {}

  /**
   * Proposes a resolution: credit the money, reverse the purchase, or dismiss the notice. The
   * proposal always waits for a second person.
   */
  @Post('resolve')
  @OperatorOnly()
  @Refuses('WALLET.CONTRADICTION_RESOLVED', 'WALLET.RESOLUTION_UNFIT', 'APPROVAL.TOO_MANY')
  @Responds(200, AwaitingApprovalAnswer)
  async resolvePaymentContradiction(
    @Param('noticeId') noticeId: string,
    @Body({ schema: ResolutionRequest }) body: ResolutionRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Outcome<WalletEvent>> {
    const found = await this.purchases.knownContradiction(noticeId);
    if (!found) throw notFound(`there is no payment that contradicts itself by the notice ${noticeId}`);
    const { keyId: by, people } = caller;
    const proposing = { approvalId: newId('apr'), by, people, ...body, known: found.known };
    try {
      return await this.wallets.handle(proposeResolution, incoming.to(found.walletId, proposing));
    } catch (error) {
      if (!(error instanceof PurchaseOutdated)) throw error;
      // Something about the wallet's purchases changed between the look and the decision.
      return this.resolvePaymentContradiction(noticeId, body, caller, incoming);
    }
  }
}
