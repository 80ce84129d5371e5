import { Controller, Get } from '@nestjs/common';
import { Authenticated, Responds } from '@tokengrid/service';
import { MarketPolicyAnswer } from './market-policies.answers.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';

/** What the operator allows. */
@Controller('v1/market-policy')
export class MarketPoliciesController {
  constructor(private readonly inForce: MarketPolicyInForce) {}

  /** Gets the market policy in force. Before the first one, everything is allowed. */
  @Get()
  @Authenticated()
  @Responds(200, MarketPolicyAnswer)
  async getMarketPolicy() {
    return this.inForce.now();
  }
}
