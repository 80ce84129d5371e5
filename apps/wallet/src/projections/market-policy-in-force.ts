import { Inject, Injectable } from '@nestjs/common';
import { MarketPolicySet } from '@tokengrid/contracts';
import { serviceConfig } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import type { WalletConfig } from '../config.ts';
import { type MarketPolicy, openMarket } from '../decisions/state/market-policies.ts';
import { MarketPolicyRow } from './market-policies.table.ts';

/**
 * Market policy in force, cached for `marketPolicyMaxAgeMs` since nearly every command needs it: a
 * new policy holds in every process after that time, and at once in the process that set it. If it
 * can't be looked up, nothing is allowed: the request fails.
 */
@Injectable()
export class MarketPolicyInForce {
  private known: { readonly policy: Promise<MarketPolicy>; readonly until: number } | undefined;

  constructor(
    private readonly database: DataSource,
    @Inject(serviceConfig) private readonly settings: Pick<WalletConfig, 'marketPolicyMaxAgeMs'>,
  ) {}

  now(): Promise<MarketPolicy> {
    const now = performance.now();
    if (this.known && now < this.known.until) return this.known.policy;
    const policy = this.look();
    const known = { policy, until: now + this.settings.marketPolicyMaxAgeMs };
    this.known = known;
    policy.catch(() => {
      if (this.known === known) this.known = undefined;
    });
    return policy;
  }

  /** Clears the cache. */
  forget(): void {
    this.known = undefined;
  }

  private async look(): Promise<MarketPolicy> {
    const [row] = await this.database.getRepository(MarketPolicyRow).find({ order: { version: 'DESC' }, take: 1 });
    return row ? MarketPolicySet.readable.parse(row.policy) : openMarket;
  }
}
