import { Body, Controller, Param, Put } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  OperatorOnly,
  type Principal,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { changeMarketPolicy } from '../../decisions/market-policy/change-market-policy.ts';
import { marketPolicyStreamId } from '../../decisions/state/market-policies.ts';
import { setBillLimit } from '../../decisions/wallets/set-bill-limit.ts';
import { MarketPolicyStream } from '../../streams/market-policies.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { BillLimitSetAnswer, MarketPolicyAnswer } from './market-policies.answers.ts';
import { BillLimitRequest, MarketPolicyRequest } from './market-policies.requests.ts';

/** What the operator allows on its market. */
@Controller('v1')
export class MarketController {
  constructor(
    private readonly policies: MarketPolicyStream,
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
  ) {}

  /**
   * Sets the whole market policy: sending, selling, billing, and thresholds of approval. A policy
   * that lets one person do more alone than before waits for a second person.
   */
  @Put('market-policy')
  @OperatorOnly()
  @Refuses('APPROVAL.TOO_MANY')
  @Responds(200, z.union([MarketPolicyAnswer, AwaitingApprovalAnswer]))
  async setMarketPolicy(
    @Body({ schema: MarketPolicyRequest }) terms: MarketPolicyRequest,
    @Caller() { keyId: by, people }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const change = { approvalId: newId('apr'), by, people, terms };
    return this.policies.handle(changeMarketPolicy, incoming.to(marketPolicyStreamId, change));
  }

  /**
   * Sets a wallet's own monthly limit of the carrier's bill. `null` returns it to the limit of all
   * wallets.
   */
  @Put('wallets/:walletId/bill-limit')
  @OperatorOnly()
  @Responds(200, BillLimitSetAnswer)
  async setBillLimit(
    @Param('walletId') walletId: string,
    @Body({ schema: BillLimitRequest }) body: BillLimitRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(setBillLimit, incoming.to(walletId, body));
  }
}
