import { createHash } from 'node:crypto';
import { Body, Controller, Headers, Post, UseGuards } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { canonicalJson, commandIdOf, type WalletEvent } from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';
import {
  Incoming,
  type IncomingCommand,
  invalidArgument,
  KeepsBytes,
  ProblemError,
  Public,
  refusalOf,
  Refuses,
  Responds,
} from '@tokengrid/service';
import type { CodesOfCommand } from '../../decisions/rules/decided.ts';
import { settlePurchase, type SettlePurchase } from '../../decisions/purchases/settle-purchase.ts';
import { Deciding } from '../../flows/deciding.ts';
import { Issuing } from '../../flows/issuing.ts';
import { PurchaseDirectory } from '../../projections/purchase-directory.ts';
import { TokenPrices } from '../../projections/token-prices.ts';
import { Wallets } from '../../streams/wallets.ts';
import { WebhookTakenAnswer } from './payment-webhooks.answers.ts';
import { isPaymentNotice, kindOf, type PaymentNotice, PaymentWebhook } from './payment-webhooks.requests.ts';
import { SignedByProvider } from './signed-by-provider.ts';

/** Principal of these commands: webhooks have a signature instead of a key. */
const provider = 'payment-provider';

/**
 * Refusals of a notice that the provider is told. It can mend no other: the notice is kept for the
 * operator, and not taken.
 */
const told = ['WALLET.PAYMENT_MISMATCH'] as const satisfies readonly CodesOfCommand<'settlePurchase'>[];

/** Characters of an id that is stored with the webhook's events. */
const webhookId = /^[\x21-\x7e]{1,255}$/;

/** Notices from the payment provider. */
@Controller('v1/payment-webhooks')
export class PaymentWebhooksController {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly issuing: Issuing,
    private readonly purchases: PurchaseDirectory,
    private readonly prices: TokenPrices,
  ) {}

  /**
   * Takes a notice of the payment provider: paid, failed, refunded, disputed or won back, in any
   * order. In place of an API key it is signed by Standard Webhooks; a repeat of a `webhook-id`
   * gets the first answer, and 422 with other content.
   */
  @Post()
  @Public()
  @KeepsBytes()
  @UseGuards(SignedByProvider)
  @ApiHeader({ name: 'webhook-id', required: true, description: 'Id of the notice' })
  @ApiHeader({
    name: 'webhook-timestamp',
    required: true,
    description: 'Seconds since 1970, within five minutes of now',
  })
  @ApiHeader({ name: 'webhook-signature', required: true, description: '`v1,<base64>`, or several of them' })
  @Refuses('UNAUTHENTICATED', 'NOT_FOUND', ...told)
  @Responds(200, WebhookTakenAnswer)
  async takePaymentNotice(
    @Body({ schema: PaymentWebhook }) webhook: PaymentWebhook,
    @Headers('webhook-id') noticeId: string,
    @Incoming() incoming: IncomingCommand,
  ) {
    if (!isPaymentNotice(webhook)) return { taken: false };
    if (!webhookId.test(noticeId)) throw invalidArgument('webhook-id must be 1 to 255 printable ASCII characters');
    const id = commandIdOf(provider, 'POST', '/v1/payment-webhooks', noticeId);
    const events = await this.settle(webhook, noticeId, (walletId, notice) => ({
      ...incoming.to(walletId, notice),
      id,
      // The content, not the bytes: some providers write the time of sending into the body.
      inputHash: hashOf(webhook),
      // The purchase is in the body: another one under the same id may be another wallet's.
      claimsId: true,
    }));
    return answerOf(events);
  }

  private async settle(
    { type, data }: PaymentNotice,
    noticeId: string,
    command: (walletId: string, notice: SettlePurchase) => Command<SettlePurchase>,
  ): Promise<readonly WalletEvent[]> {
    const { purchaseId, paymentId, amount, currency, reason } = data;
    const looked = [this.purchases.mustKnow(purchaseId), this.prices.inForceNow()] as const;
    const [{ walletId, known }, posted] = await Promise.all(looked);
    const said = { purchaseId, noticeId, paymentId, kind: kindOf({ type, data }), paid: { currency, amount }, reason };
    const settling = command(walletId, { ...said, posted, known });
    return (await this.issuing.freed(await this.deciding.handle(this.wallets, settlePurchase, settling))).events;
  }
}

/** Hash of a notice's content, whatever the bytes of its body. */
function hashOf({ type, data: { purchaseId, paymentId, amount, currency } }: PaymentNotice): string {
  const said = { type, purchaseId, paymentId: paymentId ?? null, amount: amount.toString(), currency };
  return createHash('sha256').update(canonicalJson(said)).digest('hex');
}

function answerOf(events: readonly WalletEvent[]): { readonly taken: boolean } {
  for (const { type, data } of events) {
    if (type === 'PaymentNoticeIgnored') return { taken: false };
    if (type !== 'PaymentContradicted') continue;
    if (!told.some((code) => code === data.code)) return { taken: false };
    throw new ProblemError(refusalOf({ type, data }));
  }
  return { taken: true };
}
