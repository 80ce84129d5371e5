import { Body, Controller, Param, Post } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { sellTokens } from '../../decisions/purchases/sell-tokens.ts';
import { Deciding } from '../../flows/deciding.ts';
import { Issuing } from '../../flows/issuing.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { TokenPrices } from '../../projections/token-prices.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { actorOf } from '../acting.ts';
import { SaleAnswer } from './sales.answers.ts';
import { SaleRequest } from './sales.requests.ts';

/** Answers of sales. */
@Controller('v1/wallets/:walletId/sales')
export class SalesController {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly issuing: Issuing,
    private readonly directory: WalletDirectory,
    private readonly prices: TokenPrices,
    private readonly market: MarketPolicyInForce,
  ) {}

  /**
   * Sells tokens back to the operator at the posted price or a quote. The price is a credit on the
   * carrier's bill.
   */
  @Post()
  @Requires('wallet:sales:write')
  @Refuses('sellTokens')
  @Responds(201, SaleAnswer)
  async sellTokens(
    @Param('walletId') walletId: string,
    @Body({ schema: SaleRequest }) { tokens, quoteId }: SaleRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    const [posted, policy] = await Promise.all([this.prices.inForceNow(), this.market.now()]);
    const actor = actorOf(caller, walletId);
    const sale = { saleId: newId('sal'), tokens, quoteId, posted, policy, actor };
    return this.issuing.freed(await this.deciding.handle(this.wallets, sellTokens, incoming.to(walletId, sale)));
  }
}
