import { Controller, Get } from '@nestjs/common';
import { Authenticated, Responds } from '@tokengrid/service';
import { MarketPolicyAnswer } from '../http/answers/market.ts';
import { MarketPolicyInForce } from './market-policy-in-force.ts';

/** What the operator allows. */
@Controller('v1/market-policy')
export class MarketPoliciesController {
  constructor(private readonly inForce: MarketPolicyInForce) {}

  /** The policy in force: what parties may send and sell back, and what may be billed. */
  @Get()
  @Authenticated()
  @Responds(200, MarketPolicyAnswer)
  async policy() {
    return this.inForce.now();
  }
}
