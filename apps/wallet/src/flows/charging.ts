import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import { chargeWallet, type ChargeWallet } from '../decisions/usage/charge-wallet.ts';
import { TermsNeeded } from '../decisions/usage/top-up.ts';
import { Issuing } from './issuing.ts';
import { MarketPolicyInForce } from '../projections/market-policy-in-force.ts';
import { TokenPrices } from '../projections/token-prices.ts';
import { Wallets } from '../streams/wallets.ts';

/** Charges wallets. Most of them have what they are charged: only for one that has to buy, what is in force on the market is looked up. */
@Injectable()
export class Charging {
  constructor(
    private readonly wallets: Wallets,
    private readonly issuing: Issuing,
    private readonly prices: TokenPrices,
    private readonly market: MarketPolicyInForce,
  ) {}

  /** Takes the command of a charge. If the terms cannot be looked up, nothing is decided, and the charge comes again. */
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
