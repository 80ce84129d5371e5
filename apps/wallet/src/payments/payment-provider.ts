import { Inject, Injectable } from '@nestjs/common';
import { storableText } from '@tokengrid/contracts';
import { NotYet } from '@tokengrid/kernel';
import { serviceConfig } from '@tokengrid/service';
import { z } from 'zod';
import type { WalletConfig } from '../config.ts';
import type { ProviderAnswer } from '../decisions/purchases/record-payment-request.ts';

/** A payment to request. */
export interface PaymentRequest {
  /**
   * The purchase to pay: the provider creates one payment per purchase, however many requests come.
   */
  readonly purchaseId: string;
  readonly price: { readonly currency: string; readonly amount: bigint };
}

/**
 * The provider gave no valid answer. It is asked again, with back-off, while the purchase is
 * pending.
 */
export class ProviderUnavailable extends NotYet {}

/** Payment provider of the operator. */
export abstract class PaymentProvider {
  /** True if one is configured. */
  abstract readonly isThere: boolean;

  /**
   * Requests a payment.
   * @param ended aborts when the answer is no longer wanted
   * @throws ProviderUnavailable without a final answer in time
   */
  abstract request(payment: PaymentRequest, ended: AbortSignal): Promise<ProviderAnswer>;
}

/**
 * Characters accepted from a provider: its texts end in events and tables, which have to keep them.
 */
const printable = /^[\x21-\x7e]+$/;

const Taken = z.looseObject({
  paymentId: z.string().regex(printable).max(255),
  paymentUrl: z
    .url({ protocol: /^https?$/ })
    .regex(printable)
    .max(2000)
    .optional(),
});

/**
 * Statuses of a final refusal; all others mean "not now" (409: the same request is in flight), or a
 * wrong configuration.
 */
const refusals: readonly number[] = [400, 402, 422];

const longestReason = 500;

/**
 * A provider that takes `POST /payments` `{"purchaseId","amount","currency"}` and answers
 * `{"paymentId","paymentUrl?"}`.
 */
@Injectable()
export class HttpPaymentProvider extends PaymentProvider {
  constructor(
    @Inject(serviceConfig)
    private readonly settings: Pick<
      WalletConfig,
      | 'paymentProviderUrl'
      | 'paymentProviderKey'
      | 'paymentWebhookSecret'
      | 'paymentProviderTimeoutMs'
      | 'paymentProviderAnswerBytes'
    >,
  ) {
    super();
  }

  get isThere(): boolean {
    const { paymentProviderUrl, paymentWebhookSecret } = this.settings;
    return paymentProviderUrl !== undefined && paymentWebhookSecret !== undefined;
  }

  async request({ purchaseId, price }: PaymentRequest, ended: AbortSignal): Promise<ProviderAnswer> {
    const body = { purchaseId, amount: price.amount.toString(), currency: price.currency };
    const { status, text } = await this.post(purchaseId, body, ended);
    if (refusals.includes(status))
      return { taken: false, reason: storableText(longestReason, text) || `status ${status}` };
    if (status !== 200 && status !== 201) throw new ProviderUnavailable(`the payment provider answered ${status}`);
    const answer = Taken.safeParse(jsonOf(text));
    if (!answer.success) throw new ProviderUnavailable("the payment provider's answer is invalid");
    const { paymentId, paymentUrl } = answer.data;
    return { taken: true, paymentId, paymentUrl };
  }

  private async post(
    purchaseId: string,
    body: object,
    ended: AbortSignal,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { paymentProviderUrl, paymentProviderKey, paymentProviderTimeoutMs, paymentProviderAnswerBytes } =
      this.settings;
    if (paymentProviderUrl === undefined) throw new ProviderUnavailable('no payment provider is configured any more');
    try {
      const response = await fetch(`${paymentProviderUrl.replace(/\/$/, '')}/payments`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': purchaseId,
          ...(paymentProviderKey !== undefined && { authorization: `Bearer ${paymentProviderKey}` }),
        },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(paymentProviderTimeoutMs), ended]),
      });
      return { status: response.status, text: await textOf(response, paymentProviderAnswerBytes) };
    } catch (error) {
      if (error instanceof ProviderUnavailable) throw error;
      throw new ProviderUnavailable(`the payment provider does not answer: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

/**
 * Text of an answer up to a maximum size; a longer one ends its connection.
 * @throws ProviderUnavailable
 */
async function textOf(response: Response, mostBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > mostBytes)
      throw new ProviderUnavailable(`the payment provider answered with more than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
