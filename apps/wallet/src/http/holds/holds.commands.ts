import { Injectable } from '@nestjs/common';
import { newId, type Principal } from '@tokengrid/service';
import { captureHold } from '../../decisions/holds/capture-hold.ts';
import { extendHold } from '../../decisions/holds/extend-hold.ts';
import { placeHold } from '../../decisions/holds/place-hold.ts';
import { releaseHold } from '../../decisions/holds/release-hold.ts';
import { HoldDirectory } from '../../projections/hold-directory.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Lanes } from '../../streams/lanes.ts';
import { Wallets } from '../../streams/wallets.ts';
import { actorOf } from '../acting.ts';
import type { Ready } from '../ready.ts';
import type { CaptureRequest, ExtendHoldRequest, HoldRequest } from './holds.requests.ts';

/** Hold commands, of single requests and batches alike. */
@Injectable()
export class HoldCommands {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
    private readonly holds: HoldDirectory,
    private readonly lanes: Lanes,
  ) {}

  async place(caller: Principal, walletId: string, body: HoldRequest): Promise<Ready> {
    await this.directory.mustReachAsMember(caller, walletId);
    return (incoming) => {
      const hold = { holdId: this.lanes.newIdBeside(walletId, 'hld'), ...body, actor: actorOf(caller, walletId) };
      return this.wallets.handle(placeHold, incoming.to(walletId, hold));
    };
  }

  async extend(caller: Principal, holdId: string, body: ExtendHoldRequest): Promise<Ready> {
    const { walletId, ...known } = await this.holds.mustReach(caller, holdId);
    const extension = { holdId, ...body, known, actor: actorOf(caller, walletId) };
    return (incoming) => this.wallets.handle(extendHold, incoming.to(walletId, extension));
  }

  async capture(caller: Principal, holdId: string, body: CaptureRequest, inWallet?: string): Promise<Ready> {
    const { walletId, ...known } = await this.holds.mustReach(caller, holdId, inWallet);
    return (incoming) => {
      const capture = { holdId, captureId: newId('cap'), ...body, known, actor: actorOf(caller, walletId) };
      return this.wallets.handle(captureHold, incoming.to(walletId, capture));
    };
  }

  async release(caller: Principal, holdId: string, inWallet?: string): Promise<Ready> {
    const { walletId, ...known } = await this.holds.mustReach(caller, holdId, inWallet);
    const release = { holdId, known, actor: actorOf(caller, walletId) };
    return (incoming) => this.wallets.handle(releaseHold, incoming.to(walletId, release));
  }
}
