import { Body, Controller, Param, Post } from '@nestjs/common';
import { instantOf, operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  permissionDenied,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { fundVoucher, type FundVoucher } from '../../decisions/transfers/fund-voucher.ts';
import { returnVoucher } from '../../decisions/transfers/return-voucher.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { actorOf } from '../acting.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { GrantCommands } from '../grants/grants.commands.ts';
import { sameWallet } from '../transfers/transfers.commands.ts';
import { VoucherAnswer, VoucherReturnAnswer } from './vouchers.answers.ts';
import { VoucherParameters, VoucherRequest } from './vouchers.requests.ts';

/** Tokens that pay a share of certain uses. */
@Controller('v1')
export class VouchersController {
  constructor(
    private readonly wallets: Wallets,
    private readonly grants: GrantCommands,
    private readonly directory: WalletDirectory,
    private readonly market: MarketPolicyInForce,
  ) {}

  /**
   * Gives a voucher: tokens that pay a share of the uses in its scope. The operator issues it into
   * this wallet; with `toWalletId` this wallet funds it and gets the unused rest back when it
   * expires.
   */
  @Post('wallets/:walletId/vouchers')
  @Requires('wallet:transfers:write')
  @Refuses('fundVoucher', 'issueVoucher', 'WALLET.TOO_MANY_APPROVALS')
  @Responds(201, z.union([VoucherAnswer, AwaitingApprovalAnswer]))
  async giveVoucher(
    @Param('walletId') walletId: string,
    @Body({ schema: VoucherRequest }) body: VoucherRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    const { tokens, scope, shareBps, capPerUse, expiresAt, toWalletId } = body;
    const terms = { ...scope, shareBps, ...(capPerUse !== undefined && { capPerUse }) };
    if (toWalletId !== undefined) {
      const actor = actorOf(caller, walletId);
      return this.fund(incoming, walletId, { toWalletId, tokens, terms, expiresAt, actor });
    }
    if (caller.partyId !== operatorPartyId) {
      throw permissionDenied('only the operator issues vouchers; use toWalletId to fund one from your wallet');
    }
    const voucher = { voucherId: newId('vch'), tokens, terms, expiresAt: instantOf(expiresAt) };
    return this.grants.give(caller, walletId, { kind: 'voucher', ...voucher }, incoming);
  }

  /**
   * Returns the rest of a voucher to the party that funded it. Vouchers of the operator cannot be
   * returned; they expire.
   */
  @Post('vouchers/:voucherId/return')
  @Requires('wallet:transfers:write')
  @Refuses('returnVoucher')
  @Responds(200, VoucherReturnAnswer)
  async returnVoucher(
    @Param({ schema: VoucherParameters }) { voucherId }: VoucherParameters,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    if (caller.partyId === operatorPartyId) throw permissionDenied('only the owner of a voucher may return it');
    const walletId = walletIdOf(caller.partyId);
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(returnVoucher, incoming.to(walletId, { voucherId }));
  }

  private async fund(
    incoming: IncomingCommand,
    walletId: string,
    voucher: Pick<FundVoucher, 'toWalletId' | 'tokens' | 'terms' | 'expiresAt' | 'actor'>,
  ) {
    const { toWalletId } = voucher;
    if (toWalletId === walletId) throw sameWallet('funds it');
    const [policy, receiverKnown] = await Promise.all([this.market.now(), this.directory.knows(toWalletId)]);
    const funding = { transferId: newId('trf'), ...voucher, receiverKnown, policy };
    return this.wallets.handle(fundVoucher, incoming.to(walletId, funding));
  }
}
