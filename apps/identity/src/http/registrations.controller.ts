import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { IdentityEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import { Incoming, type IncomingCommand, OperatorOnly, Public, Responds } from '@tokengrid/service';
import { Registrations } from '../registrations.ts';
import { RegistrationAnswer, RegistrationRequest, SubscriberAnswer, SubscriberRequest } from './identity.requests.ts';

/** How parties come to be. */
@ApiTags('registrations')
@Controller('v1')
export class RegistrationsController {
  constructor(private readonly registrations: Registrations) {}

  @Post('registrations')
  @ApiOperation({
    summary: 'Registers a developer or provider with its owner, and shows its first API key',
    description: '409 `EMAIL_TAKEN`.',
  })
  @Public()
  @Responds(201, RegistrationAnswer)
  registerOrganization(
    @Body({ schema: RegistrationRequest }) body: RegistrationRequest,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Outcome<IdentityEvent>> {
    return this.registrations.registerOrganization(incoming, body);
  }

  @Post('subscribers')
  @ApiOperation({
    summary: 'Registers a subscriber by its phone number, and shows its first API key',
    description: '409 `MSISDN_TAKEN`.',
  })
  @OperatorOnly()
  @Responds(201, SubscriberAnswer)
  registerSubscriber(
    @Body({ schema: SubscriberRequest }) body: SubscriberRequest,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Outcome<IdentityEvent>> {
    return this.registrations.registerSubscriber(incoming, body);
  }
}
