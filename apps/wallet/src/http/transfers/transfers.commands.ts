import { Injectable } from '@nestjs/common';
import { invalidArgument, newId, type Principal, ProblemError } from '@tokengrid/service';
import { sendTokens } from '../../decisions/transfers/send-tokens.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { actorOf } from '../acting.ts';
import type { Ready } from '../ready.ts';
import { TransferRequest } from './transfers.requests.ts';

/** Transfer commands, of single requests and batches alike. */
@Injectable()
export class TransferCommands {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
    private readonly market: MarketPolicyInForce,
  ) {}

  async send(caller: Principal, walletId: string, body: TransferRequest): Promise<Ready> {
    const { toWalletId } = body;
    const [policy, receiverKnown] = await Promise.all([
      this.market.now(),
      this.directory.knows(toWalletId),
      this.directory.mustReachAsMember(caller, walletId),
    ]);
    if (toWalletId === walletId) throw sameWallet('sends');
    return (incoming) => {
      const actor = actorOf(caller, walletId);
      const transfer = { transferId: newId('trf'), ...body, receiverKnown, policy, actor };
      return this.wallets.handle(sendTokens, incoming.to(walletId, transfer));
    };
  }
}

/** 400: tokens would go to the wallet that they come from. @param does the role of that wallet */
export function sameWallet(does: 'sends' | 'funds it'): ProblemError {
  const detail = `must be another wallet than the one that ${does}`;
  return invalidArgument(`/toWalletId: ${detail}`, [{ pointer: '/toWalletId', detail }]);
}
