import { Controller, Get } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { Authenticated, notFound, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { TokenPriceAnswer } from '../http/answers/operator.ts';
import { TokenPrices } from './token-prices.ts';
import type { TokenPriceRow } from './token-prices.table.ts';

export const PricesAnswer = TokenPriceAnswer.extend({
  upcoming: z.array(TokenPriceAnswer).meta({ description: 'posted for later, the next one first' }),
}).meta({ id: 'TokenPriceInForce' });

/** What a token costs. */
@Controller('v1/token-price')
export class TokenPricesController {
  constructor(
    private readonly prices: TokenPrices,
    private readonly clock: StorageClock,
  ) {}

  /** The price in force, and those posted for later. 404 while none is in force. */
  @Get()
  @Authenticated()
  @Responds(200, PricesAnswer)
  async inForce() {
    const now = this.clock.now();
    const [price, upcoming] = await Promise.all([this.prices.inForce(now), this.prices.after(now)]);
    if (!price) throw notFound('no token price is in force yet');
    return { ...answerOf(price), upcoming: upcoming.map(answerOf) };
  }
}

const answerOf = ({ priceVersion, currency, buy, sellBack, effectiveFrom }: TokenPriceRow) => ({
  ...{ priceVersion, currency, buy, sellBack },
  effectiveFrom: instantOf(effectiveFrom),
});
