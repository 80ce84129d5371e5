import { Body, Controller, Param, Post } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  invalidArgument,
  newId,
  OperatorOnly,
  type Principal,
  problem,
  ProblemError,
  Requires,
  Responds,
} from '@tokengrid/service';
import { grantTokens } from '../decisions/grant-tokens.ts';
import { purchaseTokens } from '../decisions/purchase-tokens.ts';
import { sellTokens } from '../decisions/sell-tokens.ts';
import { sendTokens } from '../decisions/send-tokens.ts';
import { Issuing } from '../issuing.ts';
import { TokenPrices } from '../projections/token-prices.ts';
import { WalletDirectory } from '../projections/wallet-directory.ts';
import { Wallets } from '../wallets.ts';
import { GrantAnswer, PurchaseAnswer, SaleAnswer, TransferAnswer } from './wallet-answers.ts';
import { GrantRequest, PurchaseRequest, SaleRequest, TransferRequest } from './wallet.requests.ts';

/** What parties do with their wallets, and what the operator puts into them. */
@Controller('v1/wallets/:walletId')
export class WalletController {
  constructor(
    private readonly wallets: Wallets,
    private readonly issuing: Issuing,
    private readonly directory: WalletDirectory,
    private readonly prices: TokenPrices,
  ) {}

  /** Buys tokens from the operator at the posted price, on the carrier's bill. */
  @Post('purchases')
  @Requires('wallet:purchases:write')
  @Responds(201, PurchaseAnswer)
  async purchase(
    @Param('walletId') walletId: string,
    @Body({ schema: PurchaseRequest }) { tokens, method }: PurchaseRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    if (method === 'payment-provider') throw new ProblemError(noPaymentProvider);
    const posted = await this.prices.inForce(Date.now());
    const purchase = { purchaseId: newId('pur'), tokens, method, posted };
    return this.issuing.issue(purchaseTokens, incoming.to(walletId, purchase));
  }

  /** Sells tokens back to the operator at the posted price, as a credit on the carrier's bill. */
  @Post('sales')
  @Requires('wallet:sales:write')
  @Responds(201, SaleAnswer)
  async sell(
    @Param('walletId') walletId: string,
    @Body({ schema: SaleRequest }) { tokens }: SaleRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    const posted = await this.prices.inForce(Date.now());
    const sale = { saleId: newId('sal'), tokens, posted };
    return this.issuing.freed(await this.wallets.handle(sellTokens, incoming.to(walletId, sale)));
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
    await this.directory.mustReach(caller, walletId);
    if (body.toWalletId === walletId) throw sameWallet();
    const receiverKnown = await this.directory.knows(body.toWalletId);
    const transfer = { transferId: newId('trf'), ...body, receiverKnown };
    return this.wallets.handle(sendTokens, incoming.to(walletId, transfer));
  }

  /** Gives a wallet tokens of the operator's: a plan's, or a promotion. */
  @Post('grants')
  @OperatorOnly()
  @Responds(201, GrantAnswer)
  async grant(
    @Param('walletId') walletId: string,
    @Body({ schema: GrantRequest }) body: GrantRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    const { tokens, source, expiresAt, transferable } = body;
    const grant = { grantId: newId('grt'), tokens, source, expiresAt, transferable };
    return this.issuing.issue(grantTokens, incoming.to(walletId, grant));
  }
}

const noPaymentProvider = problem(
  409,
  'PAYMENT_PROVIDER_UNAVAILABLE',
  'payment providers are not there yet; buy with the method carrier-bill',
);

function sameWallet() {
  const detail = 'must be another wallet than the one that sends';
  return invalidArgument(`/toWalletId: ${detail}`, [{ pointer: '/toWalletId', detail }]);
}
