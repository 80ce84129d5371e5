import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  type Principal,
  Refuses,
  Requires,
  Responds,
  serviceConfig,
} from '@tokengrid/service';
import type { WalletConfig } from '../../config.ts';
import { quotePrice } from '../../decisions/prices/quote-price.ts';
import { Deciding } from '../../flows/deciding.ts';
import { TokenPrices } from '../../projections/token-prices.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { QuoteAnswer } from './quotes.answers.ts';
import { QuoteRequest } from './quotes.requests.ts';

/** Quotes of prices. */
@Controller('v1/wallets/:walletId/quotes')
export class QuotesController {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly directory: WalletDirectory,
    private readonly prices: TokenPrices,
    @Inject(serviceConfig) private readonly settings: Pick<WalletConfig, 'quoteSeconds'>,
  ) {}

  /**
   * Quotes the price in force for one purchase or sale of exactly this number of tokens. The price
   * is kept until the quote expires.
   */
  @Post()
  @Requires('wallet:purchases:write')
  @Refuses('quotePrice')
  @Responds(201, QuoteAnswer)
  async quotePrice(
    @Param('walletId') walletId: string,
    @Body({ schema: QuoteRequest }) { side, tokens }: QuoteRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const [posted] = await Promise.all([this.prices.inForceNow(), this.directory.mustReach(caller, walletId)]);
    const quote = { quoteId: newId('quo'), side, tokens, posted, validForSeconds: this.settings.quoteSeconds };
    return this.deciding.handle(this.wallets, quotePrice, incoming.to(walletId, quote));
  }
}
