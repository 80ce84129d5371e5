import { Injectable } from '@nestjs/common';
import type { Grant, WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import { type IncomingCommand, newId, type Principal } from '@tokengrid/service';
import { giveTokens } from '../../decisions/grants/give-tokens.ts';
import { Deciding } from '../../flows/deciding.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';

/**
 * Grants of the operator, of every kind: those above one person's threshold wait for a second one.
 */
@Injectable()
export class GrantCommands {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly directory: WalletDirectory,
    private readonly market: MarketPolicyInForce,
  ) {}

  async give(
    caller: Principal,
    walletId: string,
    grant: Grant,
    incoming: IncomingCommand,
  ): Promise<Outcome<WalletEvent>> {
    const [policy] = await Promise.all([this.market.now(), this.directory.mustReach(caller, walletId)]);
    const giving = { approvalId: newId('apr'), by: caller.keyId, people: caller.people, grant, policy };
    return this.deciding.handle(this.wallets, giveTokens, incoming.to(walletId, giving));
  }
}
