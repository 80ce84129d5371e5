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
  Refuses,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { sellTokens } from '../../decisions/purchases/sell-tokens.ts';
import { Issuing } from '../../flows/issuing.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { TokenPrices } from '../../projections/token-prices.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { actorOf } from '../acting.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { GrantAnswer } from '../grants/grants.answers.ts';
import { PurchaseAnswer, SaleAnswer } from '../purchases/purchases.answers.ts';
import { TransferAnswer } from '../transfers/transfers.answers.ts';
import { GrantCommands } from '../grants/grant-commands.ts';
import { WalletCommands } from '../wallet-commands.ts';
import { GrantRequest, PurchaseRequest, SaleRequest, TransferRequest } from './wallets.requests.ts';
import { barred, giving, pricing, sending, spending } from '../refusals.ts';

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
    private readonly grants: GrantCommands,
  ) {}

  /**
   * Buys tokens from the operator at the posted price or a quote. A purchase on the carrier's bill
   * is completed at once; through the payment provider it is pending until it is paid.
   */
  @Post('purchases')
  @Requires('wallet:purchases:write')
  @Refuses(
    ...pricing,
    ...spending,
    'WALLET.ISSUANCE_EXHAUSTED',
    'WALLET.TOO_MANY_PURCHASES',
    'PAYMENT_PROVIDER_UNAVAILABLE',
  )
  @Responds(201, PurchaseAnswer)
  async purchaseTokens(
    @Param('walletId') walletId: string,
    @Body({ schema: PurchaseRequest }) body: PurchaseRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.purchase(caller, walletId, body))(incoming);
  }

  /**
   * Sells tokens back to the operator at the posted price or a quote. The price is a credit on the
   * carrier's bill.
   */
  @Post('sales')
  @Requires('wallet:sales:write')
  @Refuses(
    ...pricing,
    ...barred,
    'WALLET.SELLING_OFF',
    'WALLET.LIMIT_EXCEEDED',
    'WALLET.NOT_TRANSFERABLE',
    'WALLET.INSUFFICIENT_TOKENS',
  )
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
    const sold = await this.prices.atPriceInForce(posted, (price) => {
      const sale = { saleId: newId('sal'), tokens, quoteId, posted: price, policy, actor };
      return this.wallets.handle(sellTokens, incoming.to(walletId, sale));
    });
    return this.issuing.freed(sold);
  }

  /**
   * Sends tokens to another wallet. They have left when this answers, and arrive a moment later.
   */
  @Post('transfers')
  @Requires('wallet:transfers:write')
  @Refuses(...sending)
  @Responds(201, TransferAnswer)
  async sendTokens(
    @Param('walletId') walletId: string,
    @Body({ schema: TransferRequest }) body: TransferRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.transfer(caller, walletId, body))(incoming);
  }

  /**
   * Grants tokens of the operator's to a wallet. A grant above the market policy's threshold waits
   * for a second person.
   */
  @Post('grants')
  @OperatorOnly()
  @Refuses(...giving)
  @Responds(201, z.union([GrantAnswer, AwaitingApprovalAnswer]))
  async grantTokens(
    @Param('walletId') walletId: string,
    @Body({ schema: GrantRequest }) body: GrantRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const expiresAt = body.expiresAt === undefined ? null : instantOf(body.expiresAt);
    const grant = { ...body, kind: 'grant', grantId: newId('grt'), expiresAt } as const;
    return this.grants.give(caller, walletId, grant, incoming);
  }
}
