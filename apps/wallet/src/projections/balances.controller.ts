import { Controller, Get, Param, Query } from '@nestjs/common';
import { operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import { Caller, notFound, type Principal, Requires, Responds } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { noWallet } from './wallet-directory.ts';
import { WalletRow } from './wallets.table.ts';

export const WalletAnswer = z
  .strictObject({
    walletId: z.string(),
    partyId: z.string(),
    status: z.literal('open'),
    available: z.string().meta({ description: 'µAIT that can be spent', example: '1250000' }),
    held: z.string().meta({ description: 'µAIT set aside for uses that are under way', example: '0' }),
    asOf: z
      .strictObject({ lane: z.int(), sequence: z.int() })
      .meta({ description: 'the last event that changed this wallet' }),
  })
  .meta({ id: 'Wallet' });

/** The balance of a past time is not there yet: who asks for it must not get today's. */
const NoQuery = z.strictObject({});

/** What wallets hold. */
@Controller('v1')
export class BalancesController {
  constructor(private readonly database: DataSource) {}

  /** What a wallet holds right now. */
  @Get('wallets/:walletId')
  @Requires('wallet:balances:read')
  @Responds(200, WalletAnswer)
  async wallet(
    @Param('walletId') walletId: string,
    @Caller() { partyId }: Principal,
    @Query({ schema: NoQuery }) _query: object,
  ) {
    const mine = partyId === operatorPartyId || walletIdOf(partyId) === walletId;
    const wallet = mine ? await this.find(walletId) : undefined;
    if (!wallet) throw noWallet(walletId);
    return wallet;
  }

  /** The same by the party; 404 until its wallet is open. */
  @Get('parties/:partyId/wallet')
  @Requires('wallet:balances:read')
  @Responds(200, WalletAnswer)
  async walletOfParty(
    @Param('partyId') partyId: string,
    @Caller() caller: Principal,
    @Query({ schema: NoQuery }) _query: object,
  ) {
    const mine = caller.partyId === operatorPartyId || caller.partyId === partyId;
    const wallet = mine ? await this.find(walletIdOf(partyId)) : undefined;
    if (wallet?.partyId !== partyId) throw notFound(`there is no open wallet of a party ${partyId} of yours`);
    return wallet;
  }

  private async find(walletId: string) {
    const row = await this.database.getRepository(WalletRow).findOneBy({ walletId });
    if (!row) return undefined;
    const { partyId, status, available, held, lane, sequence } = row;
    return { walletId, partyId, status, available, held, asOf: { lane, sequence } };
  }
}
