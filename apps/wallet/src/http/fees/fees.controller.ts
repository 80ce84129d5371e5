import { Body, Controller, Post } from '@nestjs/common';
import { Incoming, type IncomingCommand, newId, OperatorOnly, Refuses, Responds } from '@tokengrid/service';
import { FeesRetiring } from '../../flows/retiring-fees.ts';
import { FeesRetirementAnswer } from './fees.answers.ts';
import { FeesRetirementRequest } from './fees.requests.ts';

/** Fees collected by the operator. */
@Controller('v1/fees')
export class FeesController {
  constructor(private readonly retiring: FeesRetiring) {}

  /** Retires collected fees. The same number of tokens can then be issued anew. */
  @Post('retire')
  @OperatorOnly()
  @Refuses('orderFeesRetirement')
  @Responds(200, FeesRetirementAnswer)
  retireFees(
    @Body({ schema: FeesRetirementRequest }) { tokens }: FeesRetirementRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.retiring.retire({ retirementId: newId('frt'), tokens }, incoming);
  }
}
