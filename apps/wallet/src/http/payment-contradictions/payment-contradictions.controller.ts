import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { instantOf, type WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import {
  Caller,
  cursorKey,
  Incoming,
  type IncomingCommand,
  newId,
  OperatorOnly,
  page,
  type Principal,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { proposeResolution } from '../../decisions/purchases/resolve-contradiction.ts';
import { Deciding } from '../../flows/deciding.ts';
import type { PaymentContradictionRow } from '../../projections/payment-contradictions.table.ts';
import { PurchaseDirectory } from '../../projections/purchase-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { PaymentContradictionsAnswer } from './payment-contradictions.answers.ts';
import { ContradictionsQuery, ResolutionRequest } from './payment-contradictions.requests.ts';

/** Cursor: time and id of the last notice. */
const last = z.strictObject({ time: z.int(), noticeId: z.string().max(255) });

/** Payment notices that contradict the state of their purchase. */
@Controller('v1/payment-contradictions')
export class PaymentContradictionsController {
  constructor(
    private readonly purchases: PurchaseDirectory,
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
  ) {}

  /**
   * Lists payment notices that contradict their purchase, the oldest first. `status=open` selects
   * those without a resolution.
   */
  @Get()
  @OperatorOnly()
  @Responds(200, PaymentContradictionsAnswer)
  async listPaymentContradictions(
    @Query({ schema: ContradictionsQuery }) { status, limit, cursor }: ContradictionsQuery,
  ) {
    const rows = await this.purchases.contradictions(status, cursorKey(cursor, last), limit + 1);
    return page(rows, limit, ({ time, noticeId }) => ({ time, noticeId }), answerOf);
  }

  /**
   * Proposes a resolution: credit the money, reverse the purchase, or dismiss the notice. The
   * proposal always waits for a second person.
   */
  @Post(':noticeId/resolve')
  @OperatorOnly()
  @Refuses('proposeResolution')
  @Responds(200, AwaitingApprovalAnswer)
  async resolvePaymentContradiction(
    @Param('noticeId') noticeId: string,
    @Body({ schema: ResolutionRequest }) body: ResolutionRequest,
    @Caller() { keyId: by, people }: Principal,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Outcome<WalletEvent>> {
    const { walletId, known } = await this.purchases.mustKnowContradiction(noticeId);
    const proposing = { approvalId: newId('apr'), by, people, ...body, known };
    return this.deciding.handle(this.wallets, proposeResolution, incoming.to(walletId, proposing));
  }
}

function answerOf(row: PaymentContradictionRow) {
  const { noticeId, purchaseId, walletId, kind, currency, amount, code, status } = row;
  const { paymentId, approvalId, action, note, time, resolvedAt } = row;
  return {
    ...{ noticeId, purchaseId, walletId, kind, paid: { currency, amount } },
    paymentId: paymentId ?? undefined,
    code,
    time: instantOf(time),
    status,
    approvalId: approvalId ?? undefined,
    action: action ?? undefined,
    note: note ?? undefined,
    resolvedAt: resolvedAt === null ? undefined : instantOf(resolvedAt),
  };
}
