import { Body, Controller, Headers, Post, UseGuards } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { commandIdOf, type PaymentOutcome, type WalletEvent } from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';
import {
  Incoming,
  type IncomingCommand,
  invalidArgument,
  KeepsBytes,
  notFound,
  problem,
  ProblemError,
  Public,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { settlePurchase, type SettlePurchase, StandingOutdated } from '../decisions/settle-purchase.ts';
import { PurchaseDirectory } from '../projections/purchase-directory.ts';
import { Wallets } from '../wallets.ts';
import { isPaymentNotice, type PaymentNotice, PaymentWebhook } from './payment-webhooks.requests.ts';
import { SignedByProvider } from './signed-by-provider.ts';

/** Whose commands these are: webhooks carry a signature instead of a key. */
const provider = 'payment-provider';

/** As it is kept with what the webhook led to. */
const webhookId = /^[\x21-\x7e]{1,255}$/;

export const WebhookTakenAnswer = z
  .strictObject({
    taken: z.boolean().meta({ description: 'false: it changed nothing, and sending it again will not either' }),
  })
  .meta({ id: 'WebhookTaken' });

/** What the payment provider says. */
@Controller('v1/payment-webhooks')
export class PaymentWebhooksController {
  constructor(
    private readonly wallets: Wallets,
    private readonly purchases: PurchaseDirectory,
  ) {}

  /**
   * Takes the payment provider's word that a purchase was paid or failed. It needs no key: Standard Webhooks' headers `webhook-id`,
   * `webhook-timestamp` and `webhook-signature` say that it comes from the provider. A repeat gets the same answer.
   */
  @Post()
  @Public()
  @KeepsBytes()
  @UseGuards(SignedByProvider)
  @ApiHeader({
    name: 'webhook-timestamp',
    required: true,
    description: 'seconds since 1970, within five minutes of now',
  })
  @ApiHeader({ name: 'webhook-signature', required: true, description: '`v1,<base64>`, or several of them' })
  @Responds(200, WebhookTakenAnswer)
  async take(
    @Body({ schema: PaymentWebhook }) webhook: PaymentWebhook,
    @Headers('webhook-id') noticeId: string,
    @Incoming() incoming: IncomingCommand,
  ) {
    if (!isPaymentNotice(webhook)) return { taken: false };
    if (!webhookId.test(noticeId)) throw invalidArgument('webhook-id has to be 1 to 255 printable ASCII characters');
    const id = commandIdOf(provider, 'POST', '/v1/payment-webhooks', noticeId);
    const events = await this.settle(webhook, noticeId, (walletId, notice) => ({
      ...incoming.to(walletId, notice),
      id,
      // The id alone says what is a repeat: some providers write the time of sending into the body.
      inputHash: undefined,
    }));
    return answerOf(events);
  }

  private async settle(
    { type, data }: PaymentNotice,
    noticeId: string,
    command: (walletId: string, notice: SettlePurchase) => Command<SettlePurchase>,
  ): Promise<readonly WalletEvent[]> {
    const { purchaseId, paymentId, amount, currency, reason } = data;
    const outcome: PaymentOutcome = type === 'payment.succeeded' ? 'succeeded' : 'failed';
    const purchase = await this.purchases.find(purchaseId);
    if (!purchase) throw notFound(`there is no purchase ${purchaseId}`);
    const paid = { currency, amount };
    const notice = { purchaseId, noticeId, paymentId, outcome, paid, reason, known: purchase.status };
    try {
      return (await this.wallets.handle(settlePurchase, command(purchase.walletId, notice))).events;
    } catch (error) {
      if (!(error instanceof StandingOutdated)) throw error;
      // It was resolved between the look and the decision, and stays so.
      return this.settle({ type, data }, noticeId, command);
    }
  }
}

function answerOf(events: readonly WalletEvent[]): { readonly taken: boolean } {
  const ignored = events.find((event) => event.type === 'PaymentNoticeIgnored');
  if (ignored?.data.code === 'WALLET.PAYMENT_MISMATCH') {
    const { paid } = ignored.data;
    const detail = `${paid.amount} ${paid.currency} is not what the purchase costs`;
    throw new ProblemError(problem(409, 'WALLET.PAYMENT_MISMATCH', detail));
  }
  return { taken: ignored === undefined };
}
