import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import type { IncomingCommand } from '@tokengrid/service';
import { postTokenPrice, type PostTokenPrice, PricesOutdated } from '../decisions/prices/post-token-price.ts';
import { tokenPriceStreamId } from '../decisions/state/token-prices.ts';
import { MarketPolicyInForce } from '../projections/market-policy-in-force.ts';
import { TokenPrices } from '../projections/token-prices.ts';
import { TokenPriceStream } from '../streams/token-prices.ts';

/** Posts prices, each compared with the ones posted before it. */
@Injectable()
export class PostingPrices {
  constructor(
    private readonly stream: TokenPriceStream,
    private readonly prices: TokenPrices,
    private readonly market: MarketPolicyInForce,
  ) {}

  /** Posts a price, or proposes it to a second person. */
  async post(
    posting: Omit<PostTokenPrice, 'policy' | 'known'>,
    incoming: IncomingCommand,
  ): Promise<Outcome<WalletEvent>> {
    const [policy, known] = await Promise.all([this.market.now(), this.prices.known()]);
    try {
      return await this.stream.handle(postTokenPrice, incoming.to(tokenPriceStreamId, { ...posting, policy, known }));
    } catch (error) {
      if (!(error instanceof PricesOutdated)) throw error;
      // Another price was posted between the look-up and the decision: compare with that one.
      return this.post(posting, incoming);
    }
  }
}
