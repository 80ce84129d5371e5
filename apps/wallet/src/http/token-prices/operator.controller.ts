import { Body, Controller, Delete, Param, Put } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  mustBeNear,
  newId,
  notFound,
  OperatorOnly,
  type Principal,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { tokenPriceStreamId } from '../../decisions/state/token-prices.ts';
import { withdrawTokenPrice } from '../../decisions/prices/withdraw-token-price.ts';
import { Issuing } from '../../flows/issuing.ts';
import { PostingPrices } from '../../flows/posting-prices.ts';
import { TokenPriceStream } from '../../streams/token-prices.ts';
import { CapacityRequest, TokenPriceRequest } from './operator.requests.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { CapacityDeclaredAnswer, TokenPriceAnswer, TokenPriceWithdrawnAnswer } from './operator.answers.ts';

/** What the operator sets for all wallets. */
@Controller('v1')
export class OperatorController {
  constructor(
    private readonly prices: PostingPrices,
    private readonly stream: TokenPriceStream,
    private readonly issuing: Issuing,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Posts the price of a token, in force at once or from a later time. A change above the market
   * policy's threshold waits for a second person.
   */
  @Put('token-price')
  @OperatorOnly()
  @Refuses('WALLET.CURRENCY_MISMATCH', 'WALLET.TOO_MANY_PRICES', 'APPROVAL.TOO_MANY')
  @Responds(200, z.union([TokenPriceAnswer, AwaitingApprovalAnswer]))
  async setTokenPrice(
    @Body({ schema: TokenPriceRequest }) body: TokenPriceRequest,
    @Caller() { keyId: by, people }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { currency, buy, sellBack, effectiveFrom } = body;
    mustBeNear(effectiveFrom, this.clock.now());
    const posting = { approvalId: newId('apr'), by, people, currency, buy, sellBack, effectiveFrom };
    return this.prices.post(posting, incoming);
  }

  /** Withdraws an announced price. A price that is in force, or was, stays. */
  @Delete('token-price/:priceVersion')
  @OperatorOnly()
  @Refuses('WALLET.PRICE_IN_FORCE', 'WALLET.PRICE_WITHDRAWN')
  @Responds(200, TokenPriceWithdrawnAnswer)
  async withdrawTokenPrice(@Param('priceVersion') version: string, @Incoming() incoming: IncomingCommand) {
    if (!/^[1-9]\d{0,8}$/.test(version)) throw notFound(`there is no token price ${version}`);
    return this.stream.handle(withdrawTokenPrice, incoming.to(tokenPriceStreamId, { priceVersion: Number(version) }));
  }

  /**
   * Declares the number of tokens that may be outstanding. Before the first declaration there is no
   * limit.
   */
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
