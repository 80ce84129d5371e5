import { Body, Controller, Get, Put } from '@nestjs/common';
import {
  Authenticated,
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
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { MarketPolicyStream } from '../../streams/market-policies.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { MarketPolicyAnswer } from './market-policy.answers.ts';
import { MarketPolicyRequest } from './market-policy.requests.ts';

/** Answers of the market policy's events. */
@Controller('v1/market-policy')
export class MarketPolicyController {
  constructor(
    private readonly policies: MarketPolicyStream,
    private readonly inForce: MarketPolicyInForce,
  ) {}

  /** Gets the market policy in force. Before the first one, everything is allowed. */
  @Get()
  @Authenticated()
  @Responds(200, MarketPolicyAnswer)
  async getMarketPolicy() {
    return this.inForce.now();
  }

  /**
   * Sets the whole market policy: sending, selling, billing, and thresholds of approval. A policy
   * that lets one person do more alone than before waits for a second person.
   */
  @Put()
  @OperatorOnly()
  @Refuses('changeMarketPolicy')
  @Responds(200, z.union([MarketPolicyAnswer, AwaitingApprovalAnswer]))
  async setMarketPolicy(
    @Body({ schema: MarketPolicyRequest }) terms: MarketPolicyRequest,
    @Caller() { keyId: by, people }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const change = { approvalId: newId('apr'), by, people, terms };
    return this.policies.handle(changeMarketPolicy, incoming.to(marketPolicyStreamId, change));
  }
}
