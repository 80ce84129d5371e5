import { Body, Controller, Post } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import {
  BatchBodies,
  Incoming,
  type IncomingCommand,
  type ItemAnswer,
  ItemBatch,
  Items,
  OperatorOnly,
  Public,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { RegisteringSubscribers } from '../../flows/registering-subscribers.ts';
import { Registrations } from '../../flows/registrations.ts';
import {
  Misshapen,
  RegistrationAnswer,
  RegistrationRequest,
  SubscriberAnswer,
  SubscriberBatchAnswer,
  SubscriberBatchRequest,
  SubscriberRequest,
} from './registrations.requests.ts';

/** Registrations. */
@Controller('v1')
export class RegistrationsController {
  constructor(
    private readonly registrations: Registrations,
    private readonly subscribers: RegisteringSubscribers,
  ) {}

  /** Registers a developer or provider with its owner. The answer shows the first API key, once. */
  @Post('registrations')
  @Public()
  @Refuses('registerOrganization', 'SECRET_ALREADY_SHOWN')
  @Responds(201, RegistrationAnswer)
  registerOrganization(
    @Body({ schema: RegistrationRequest }) body: RegistrationRequest,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Outcome<IdentityEvent>> {
    return this.registrations.registerOrganization(incoming, body);
  }

  /** Registers a subscriber by phone number. The answer shows the first API key, once. */
  @Post('subscribers')
  @OperatorOnly()
  @Refuses('registerSubscriber', 'SECRET_ALREADY_SHOWN')
  @Responds(201, SubscriberAnswer)
  registerSubscriber(
    @Body({ schema: SubscriberRequest }) body: SubscriberRequest,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Outcome<IdentityEvent>> {
    return this.subscribers.register(incoming, body);
  }

  /**
   * Registers up to 1,000 subscribers by phone number, each answered by itself in the order sent.
   * An invalid or refused one does not stop the others. They get no API keys;
   * `POST /v1/parties/{partyId}/api-keys` gives one a key.
   */
  @Post('subscribers::batch')
  @OperatorOnly()
  @BatchBodies()
  @Responds(200, SubscriberBatchAnswer)
  async registerSubscribers(
    @Body({ schema: SubscriberBatchRequest }) { subscribers }: SubscriberBatchRequest,
    @Items() items: ItemBatch,
  ): Promise<{ readonly outcomes: readonly ItemAnswer[] }> {
    const wanted = subscribers.flatMap((subscriber, index) =>
      subscriber instanceof Misshapen ? [] : [{ subscriber, incoming: items.command(index) }],
    );
    const registered = (await this.subscribers.registerAll(items.request, wanted)).values();
    const outcomes = subscribers.map(async (subscriber, index) =>
      subscriber instanceof Misshapen
        ? items.misshapen(`/subscribers/${index}`, SubscriberRequest.safeParse(subscriber.sent).error?.issues ?? [])
        : items.answer(registered.next().value!),
    );
    return { outcomes: await Promise.all(outcomes) };
  }
}
