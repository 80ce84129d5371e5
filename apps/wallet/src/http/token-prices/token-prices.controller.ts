import { Controller, Get } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { Authenticated, notFound, Refuses, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { TokenPriceAnswer } from './operator.answers.ts';
import { TokenPrices } from '../../projections/token-prices.ts';
import type { TokenPriceRow } from '../../projections/token-prices.table.ts';

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

  /** Gets the token price in force, and the announced ones. 404 before the first is in force. */
  @Get()
  @Authenticated()
  @Refuses('NOT_FOUND')
  @Responds(200, PricesAnswer)
  async getTokenPrice() {
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
