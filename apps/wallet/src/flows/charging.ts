import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import { chargeWallet, type ChargeWallet } from '../decisions/usage/charge-wallet.ts';
import { TermsNeeded } from '../decisions/usage/top-up.ts';
import { Issuing } from './issuing.ts';
import { MarketPolicyInForce } from '../projections/market-policy-in-force.ts';
import { TokenPrices } from '../projections/token-prices.ts';
import { Wallets } from '../streams/wallets.ts';

/**
 * Charges wallets. Most of them cover their charges: market terms are looked up only for a wallet
 * that has to buy tokens.
 */
@Injectable()
export class Charging {
  constructor(
    private readonly wallets: Wallets,
    private readonly issuing: Issuing,
    private readonly prices: TokenPrices,
    private readonly market: MarketPolicyInForce,
  ) {}

  /**
   * Executes a charge. If the terms can't be looked up, nothing is decided, and the charge comes
   * again.
   */
  async charge(command: Command<ChargeWallet>): Promise<Outcome<WalletEvent>> {
    try {
      return await this.wallets.handle(chargeWallet, command);
    } catch (error) {
      if (!(error instanceof TermsNeeded)) throw error;
      const [posted, policy] = await Promise.all([this.prices.inForceNow(), this.market.now()]);
      return this.prices.atPriceInForce(posted, (price) => {
        const market = { posted: price, policy };
        return this.issuing.issue(chargeWallet, { ...command, data: { ...command.data, market } });
      });
    }
  }
}
