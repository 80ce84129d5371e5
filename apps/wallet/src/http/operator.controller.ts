import { Body, Controller, Put } from '@nestjs/common';
import { Incoming, type IncomingCommand, OperatorOnly, Responds } from '@tokengrid/service';
import { setTokenPrice } from '../decisions/set-token-price.ts';
import { tokenPriceStreamId } from '../decisions/token-price.ts';
import { Issuing } from '../issuing.ts';
import { TokenPriceStream } from '../token-price-stream.ts';
import { CapacityRequest, TokenPriceRequest } from './operator.requests.ts';
import { CapacityDeclaredAnswer, TokenPriceAnswer } from './answers/operator.ts';

/** What the operator sets for all wallets. */
@Controller('v1')
export class OperatorController {
  constructor(
    private readonly prices: TokenPriceStream,
    private readonly issuing: Issuing,
  ) {}

  /** Posts what a token costs and what it is bought back for, at once or from a time to come. */
  @Put('token-price')
  @OperatorOnly()
  @Responds(200, TokenPriceAnswer)
  async setTokenPrice(
    @Body({ schema: TokenPriceRequest }) body: TokenPriceRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { currency, buy, sellBack, effectiveFrom } = body;
    return this.prices.handle(
      setTokenPrice,
      incoming.to(tokenPriceStreamId, { currency, buy, sellBack, effectiveFrom }),
    );
  }

  /** Declares how many tokens may be outstanding. Until the first time there is no limit. */
  @Put('capacity')
  @OperatorOnly()
  @Responds(200, CapacityDeclaredAnswer)
  async declareCapacity(
    @Body({ schema: CapacityRequest }) { tokens }: CapacityRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.issuing.declare(tokens, incoming);
  }
}
