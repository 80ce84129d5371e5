import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  Authenticated,
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
import { postTokenPrice } from '../../decisions/prices/post-token-price.ts';
import { withdrawTokenPrice } from '../../decisions/prices/withdraw-token-price.ts';
import { tokenPriceStreamId } from '../../decisions/state/token-prices.ts';
import { Deciding } from '../../flows/deciding.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { TokenPriceRow } from '../../projections/token-prices.table.ts';
import { TokenPrices } from '../../projections/token-prices.ts';
import { TokenPriceStream } from '../../streams/token-prices.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { PricesAnswer, TokenPriceAnswer, TokenPriceWithdrawnAnswer } from './token-price.answers.ts';
import { TokenPriceRequest } from './token-price.requests.ts';

/** Answers of the token price's events. */
@Controller('v1/token-price')
export class TokenPriceController {
  constructor(
    private readonly prices: TokenPrices,
    private readonly market: MarketPolicyInForce,
    private readonly deciding: Deciding,
    private readonly stream: TokenPriceStream,
    private readonly clock: StorageClock,
  ) {}

  /** Gets the token price in force, and the announced ones. 404 before the first is in force. */
  @Get()
  @Authenticated()
  @Refuses('NOT_FOUND')
  @Responds(200, PricesAnswer)
  async getTokenPrice() {
    const now = this.clock.now();
    const [price, upcoming] = await Promise.all([this.prices.inForce(now), this.prices.after(now)]);
    if (!price) throw notFound('no token price is in force');
    return { ...answerOf(price), upcoming: upcoming.map(answerOf) };
  }

  /**
   * Posts the price of a token, in force at once or from a later time. A change above the market
   * policy's threshold waits for a second person.
   */
  @Put()
  @OperatorOnly()
  @Refuses('postTokenPrice')
  @Responds(200, z.union([TokenPriceAnswer, AwaitingApprovalAnswer]))
  async setTokenPrice(
    @Body({ schema: TokenPriceRequest }) body: TokenPriceRequest,
    @Caller() { keyId: by, people }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { currency, buy, sellBack, effectiveFrom } = body;
    mustBeNear(effectiveFrom, this.clock.now());
    const [policy, known] = await Promise.all([this.market.now(), this.prices.known()]);
    const price = { approvalId: newId('apr'), by, people, currency, buy, sellBack, effectiveFrom, policy, known };
    return this.deciding.handle(this.stream, postTokenPrice, incoming.to(tokenPriceStreamId, price));
  }

  /** Withdraws an announced price. A price that is in force, or was, stays. */
  @Delete(':priceVersion')
  @OperatorOnly()
  @Refuses('withdrawTokenPrice')
  @Responds(200, TokenPriceWithdrawnAnswer)
  async withdrawTokenPrice(@Param('priceVersion') version: string, @Incoming() incoming: IncomingCommand) {
    if (!/^[1-9]\d{0,8}$/.test(version)) throw notFound(`no such token price: ${version}`);
    return this.stream.handle(withdrawTokenPrice, incoming.to(tokenPriceStreamId, { priceVersion: Number(version) }));
  }
}

const answerOf = ({ priceVersion, currency, buy, sellBack, effectiveFrom }: TokenPriceRow) => ({
  ...{ priceVersion, currency, buy, sellBack },
  effectiveFrom: instantOf(effectiveFrom),
});
