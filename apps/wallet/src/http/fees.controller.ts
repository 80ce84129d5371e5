import { Body, Controller, Post } from '@nestjs/common';
import { Incoming, type IncomingCommand, newId, OperatorOnly, Responds } from '@tokengrid/service';
import { FeesRetiring } from '../fees-retiring.ts';
import { FeesRetirementAnswer } from './answers/operator.ts';
import { FeesRetirementRequest } from './operator.requests.ts';

/** The fees that the operator collected. */
@Controller('v1/fees')
export class FeesController {
  constructor(private readonly retiring: FeesRetiring) {}

  /** Takes fees out of the world, so that others can be issued in their place. 409 `WALLET.INSUFFICIENT_FEES` for more than there are. */
  @Post('retire')
  @OperatorOnly()
  @Responds(200, FeesRetirementAnswer)
  retire(
    @Body({ schema: FeesRetirementRequest }) { tokens }: FeesRetirementRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.retiring.retire({ retirementId: newId('frt'), tokens }, incoming);
  }
}
