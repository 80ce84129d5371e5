import { Body, Controller, Post } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import { Incoming, type IncomingCommand, OperatorOnly, Public, Refuses, Responds } from '@tokengrid/service';
import { Registrations } from '../../flows/registrations.ts';
import {
  RegistrationAnswer,
  RegistrationRequest,
  SubscriberAnswer,
  SubscriberRequest,
} from './registrations.requests.ts';

/** Registrations. */
@Controller('v1')
export class RegistrationsController {
  constructor(private readonly registrations: Registrations) {}

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
    return this.registrations.registerSubscriber(incoming, body);
  }
}
