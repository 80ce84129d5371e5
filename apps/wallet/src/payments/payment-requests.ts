import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { commandIdOf } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { Repeating, Rest, serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { WalletConfig } from '../config.ts';
import { PurchaseNotPending, recordPaymentRequest } from '../decisions/purchases/record-payment-request.ts';
import { Wallets } from '../streams/wallets.ts';
import { PaymentProvider, ProviderUnavailable } from './payment-provider.ts';
import { PaymentWork, type WorkToDo } from './payment-work.ts';

/**
 * Requests the payment of each pending purchase. Requests stand in a table, each with its own next
 * time: one that the provider answers badly, slowly or never delays no other. It may run in several
 * processes: each hides its requests from the others for as long as an answer may take.
 */
@Injectable()
export class PaymentRequests implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looks: Repeating;
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private again: Promise<void> | undefined;

  constructor(
    private readonly wallets: Wallets,
    private readonly provider: PaymentProvider,
    private readonly work: PaymentWork,
    @Inject(serviceConfig)
    private readonly settings: Pick<
      WalletConfig,
      'paymentRequestMs' | 'maxPaymentRequests' | 'paymentProviderTimeoutMs'
    >,
    @Inject(serviceLog) private readonly log: Logger,
    @Inject(EventStore) store: Pick<EventStore, 'knownEvents'>,
  ) {
    const rest = new Rest(store);
    this.looks = new Repeating(
      () =>
        rest.unlessResting(async () => {
          await this.look();
          return !(await this.work.isThere());
        }),
      settings.paymentRequestMs,
      (error) => log.warn({ err: error }, 'pending payment requests could not be loaded; the next look retries'),
    );
  }

  onApplicationBootstrap(): void {
    if (this.provider.isThere) this.looks.start();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.provider.isThere) await this.looks.stop();
    // Running requests are repeated by the process that looks next.
    this.stopping.abort();
    await this.again;
    await Promise.all(this.underWay);
  }

  /** Looks at once, for a new purchase, without a caller waiting. */
  soon(): void {
    if (!this.provider.isThere || this.looks.isStopped) return;
    this.again ??= this.look()
      .catch((error: unknown) => this.log.warn({ err: error }, 'the payment provider will be asked shortly'))
      .finally(() => (this.again = undefined));
  }

  /** Starts as many requests as the limit allows, without waiting for them. */
  private async look(): Promise<void> {
    const free = this.settings.maxPaymentRequests - this.underWay.size;
    if (free <= 0) return;
    for (const due of await this.work.take(free, this.settings.paymentProviderTimeoutMs)) {
      const asking = this.ask(due).finally(() => this.underWay.delete(asking));
      this.underWay.add(asking);
    }
  }

  private async ask(due: WorkToDo): Promise<void> {
    try {
      await requestPayment(this.wallets, this.provider, due, this.stopping.signal);
      await this.work.done(due.purchaseId);
    } catch (error) {
      await this.failed(due, error);
    }
  }

  private async failed(due: WorkToDo, error: unknown): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const { purchaseId, attempts } = due;
    const reason = error instanceof ProviderUnavailable ? { reason: error.message } : { err: error };
    this.log.warn({ purchaseId, attempts, ...reason }, 'the payment provider will be asked again later');
    await this.work.failed(due).catch((err: unknown) => {
      // It is taken again anyway, after the time of an answer.
      this.log.warn({ err, purchaseId }, 'the pause before the next request could not be stored');
    });
  }
}

/**
 * Requests one payment, and stores the answer. One purchase has one answer: a second process that
 * asked has the same command.
 * @throws ProviderUnavailable while there is none
 */
export async function requestPayment(
  wallets: Pick<Wallets, 'handle'>,
  provider: PaymentProvider,
  { walletId, purchaseId, price, causationId, correlationId, actor }: Omit<WorkToDo, 'attempts'>,
  ended: AbortSignal,
): Promise<void> {
  const answer = await provider.request({ purchaseId, price }, ended);
  const id = commandIdOf('payment-request', purchaseId);
  const data = { purchaseId, answer };
  try {
    await wallets.handle(recordPaymentRequest, { id, streamId: walletId, data, causationId, correlationId, actor });
  } catch (error) {
    if (!(error instanceof PurchaseNotPending)) throw error;
  }
}
