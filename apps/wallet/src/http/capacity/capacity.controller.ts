import { Body, Controller, Get, Put } from '@nestjs/common';
import { Incoming, type IncomingCommand, OperatorOnly, Responds } from '@tokengrid/service';
import { Issuing } from '../../flows/issuing.ts';
import { Ledger } from '../../projections/ledger.ts';
import { capacityStreamId } from '../../decisions/state/capacity.ts';
import { CapacityStream } from '../../streams/capacity.ts';
import { CapacityAnswer, CapacityDeclaredAnswer } from './capacity.answers.ts';
import { CapacityRequest } from './capacity.requests.ts';

/** Answers of the capacity's events. */
@Controller('v1/capacity')
export class CapacityController {
  constructor(
    private readonly capacity: CapacityStream,
    private readonly ledger: Ledger,
    private readonly issuing: Issuing,
  ) {}

  /** Gets the declared capacity. The answer tells the tokens outstanding. */
  @Get()
  @OperatorOnly()
  @Responds(200, CapacityAnswer)
  async getCapacity() {
    const [capacity, outstanding] = await Promise.all([
      this.capacity.load(capacityStreamId),
      this.ledger.outstanding(),
    ]);
    if (capacity.status === 'undeclared') return { tokens: null, version: 0, outstanding, warning: false };
    const { declared: tokens, version, warned: warning } = capacity;
    return { tokens, version, outstanding, warning };
  }

  /**
   * Declares the number of tokens that may be outstanding. Before the first declaration there is no
   * limit.
   */
  @Put()
  @OperatorOnly()
  @Responds(200, CapacityDeclaredAnswer)
  async declareCapacity(
    @Body({ schema: CapacityRequest }) { tokens }: CapacityRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.issuing.declare(tokens, incoming);
  }
}
