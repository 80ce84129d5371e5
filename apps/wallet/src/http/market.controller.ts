import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import {
  Authenticated,
  Caller,
  Incoming,
  type IncomingCommand,
  OperatorOnly,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { dayOf, monthOf } from '../decisions/calendar.ts';
import { billLimitOf } from '../decisions/market-limits.ts';
import { marketPolicyStreamId } from '../decisions/market-policy.ts';
import { setBillLimit } from '../decisions/set-bill-limit.ts';
import { tradeOf } from '../decisions/trade.ts';
import { mustBeOpen } from '../decisions/wallet.ts';
import { MarketPolicyStream } from '../market-policy-stream.ts';
import { MarketPolicyInForce } from '../projections/market-policy-in-force.ts';
import { WalletDirectory } from '../projections/wallet-directory.ts';
import { Wallets } from '../wallets.ts';
import { BillLimitSetAnswer, MarketPolicyAnswer } from './answers/market.ts';
import { BillLimitRequest, MarketPolicyRequest } from './market.requests.ts';

const minorUnits = z.string().meta({ description: 'minor units of the operator’s currency', example: '20000' });

export const BillAnswer = z
  .strictObject({
    walletId: z.string(),
    month: z.string().meta({ description: 'calendar month, UTC', example: '2026-01' }),
    billed: minorUnits,
    monthlyLimit: minorUnits.nullable().meta({ description: 'null: no limit' }),
    of: z.enum(['wallet', 'all']).meta({ description: 'whose limit it is: this wallet’s own, or what holds for all' }),
  })
  .meta({ id: 'Bill' });

/** What the operator allows on its market. */
@Controller('v1')
export class MarketController {
  constructor(
    private readonly policies: MarketPolicyStream,
    private readonly inForce: MarketPolicyInForce,
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
  ) {}

  /** Sets whether and how much parties may send, sell back and have billed, and what takes a second person's approval. */
  @Put('market-policy')
  @OperatorOnly()
  @Responds(200, MarketPolicyAnswer)
  async set(@Body({ schema: MarketPolicyRequest }) body: MarketPolicyRequest, @Incoming() incoming: IncomingCommand) {
    return this.policies.set(incoming.to(marketPolicyStreamId, body));
  }

  /** The policy in force. */
  @Get('market-policy')
  @Authenticated()
  @Responds(200, MarketPolicyAnswer)
  async policy() {
    return this.inForce.now();
  }

  /** Sets what the carrier may bill a wallet's party per month, in place of what holds for all. */
  @Put('wallets/:walletId/bill-limit')
  @OperatorOnly()
  @Responds(200, BillLimitSetAnswer)
  async limitBill(
    @Param('walletId') walletId: string,
    @Body({ schema: BillLimitRequest }) body: BillLimitRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(setBillLimit, incoming.to(walletId, body));
  }

  /** What the carrier has billed a wallet's party this month, and what it may. */
  @Get('wallets/:walletId/bill-limit')
  @Requires('wallet:balances:read')
  @Responds(200, BillAnswer)
  async bill(@Param('walletId') walletId: string, @Caller() caller: Principal) {
    await this.directory.mustReach(caller, walletId);
    const [state, policy] = await Promise.all([this.wallets.load(walletId), this.inForce.now()]);
    const wallet = mustBeOpen(state);
    const day = dayOf(Date.now());
    return {
      walletId,
      month: monthOf(day),
      billed: tradeOf(wallet, day).billed,
      monthlyLimit: billLimitOf(wallet, policy) ?? null,
      of: wallet.billLimit === null ? 'all' : 'wallet',
    };
  }
}
