import { Body, Controller, Param, Post } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  OperatorOnly,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { sellTokens } from '../decisions/sell-tokens.ts';
import { Issuing } from '../issuing.ts';
import { MarketPolicyInForce } from '../projections/market-policy-in-force.ts';
import { TokenPrices } from '../projections/token-prices.ts';
import { WalletDirectory } from '../projections/wallet-directory.ts';
import { Wallets } from '../wallets.ts';
import { actorOf } from './acting.ts';
import { AwaitingApprovalAnswer } from './answers/approvals.ts';
import { GrantAnswer } from './answers/grants.ts';
import { PurchaseAnswer, SaleAnswer } from './answers/purchases.ts';
import { TransferAnswer } from './answers/transfers.ts';
import { GiftCommands } from './gift-commands.ts';
import { WalletCommands } from './wallet-commands.ts';
import { GrantRequest, PurchaseRequest, SaleRequest, TransferRequest } from './wallet.requests.ts';

/** What parties do with their wallets, and what the operator puts into them. */
@Controller('v1/wallets/:walletId')
export class WalletController {
  constructor(
    private readonly wallets: Wallets,
    private readonly issuing: Issuing,
    private readonly directory: WalletDirectory,
    private readonly prices: TokenPrices,
    private readonly market: MarketPolicyInForce,
    private readonly commands: WalletCommands,
    private readonly gifts: GiftCommands,
  ) {}

  /** Buys tokens from the operator at the posted price, on the carrier's bill. */
  @Post('purchases')
  @Requires('wallet:purchases:write')
  @Responds(201, PurchaseAnswer)
  async purchase(
    @Param('walletId') walletId: string,
    @Body({ schema: PurchaseRequest }) body: PurchaseRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.purchase(caller, walletId, body))(incoming);
  }

  /** Sells tokens back to the operator at the posted price, as a credit on the carrier's bill. */
  @Post('sales')
  @Requires('wallet:sales:write')
  @Responds(201, SaleAnswer)
  async sell(
    @Param('walletId') walletId: string,
    @Body({ schema: SaleRequest }) { tokens, quoteId }: SaleRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    const [posted, policy] = await Promise.all([this.prices.inForceNow(), this.market.now()]);
    const actor = actorOf(caller, walletId);
    const sold = await this.prices.atPriceInForce(posted, (price) => {
      const sale = { saleId: newId('sal'), tokens, quoteId, posted: price, policy, actor };
      return this.wallets.handle(sellTokens, incoming.to(walletId, sale));
    });
    return this.issuing.freed(sold);
  }

  /** Sends tokens to another wallet. They have left when this answers, and arrive a moment later. */
  @Post('transfers')
  @Requires('wallet:transfers:write')
  @Responds(201, TransferAnswer)
  async send(
    @Param('walletId') walletId: string,
    @Body({ schema: TransferRequest }) body: TransferRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.transfer(caller, walletId, body))(incoming);
  }

  /** Gives a wallet tokens of the operator's: a plan's, or a promotion. More than one person may give alone waits for a second one. */
  @Post('grants')
  @OperatorOnly()
  @Responds(201, z.union([GrantAnswer, AwaitingApprovalAnswer]))
  async grant(
    @Param('walletId') walletId: string,
    @Body({ schema: GrantRequest }) body: GrantRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const expiresAt = body.expiresAt === undefined ? null : instantOf(body.expiresAt);
    const gift = { ...body, kind: 'grant', grantId: newId('grt'), expiresAt } as const;
    return this.gifts.give(caller, walletId, gift, incoming);
  }
}
