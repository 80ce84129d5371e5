import { Controller, Get, Param } from '@nestjs/common';
import { receiptKey, signedReceipt } from '@tokengrid/contracts';
import { Caller, HttpAnswer, notFound, type Principal, Public, Requires, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { WalletDirectory } from '../projections/wallet-directory.ts';
import { ReceiptKeys } from './receipt-keys.ts';
import { Receipts } from './receipts.ts';

const KeysAnswer = z
  .strictObject({ keys: z.array(receiptKey) })
  .meta({ id: 'ReceiptKeys', description: 'a JWKS (RFC 7517)' });

/** What a wallet paid, and got for money, in a form that others can check. */
@Controller('v1/receipts')
export class ReceiptsController {
  constructor(
    private readonly receipts: Receipts,
    private readonly keys: ReceiptKeys,
    private readonly directory: WalletDirectory,
  ) {}

  /** The public keys that receipts are signed with, the current one first; older ones stay. For anybody. */
  @Get('keys')
  @Public()
  @Responds(200, KeysAnswer)
  published() {
    return { keys: this.keys.public };
  }

  /**
   * The signed receipt of a charge, capture, purchase or sale, by its id: the same bytes each time. `tokengrid receipt verify` checks one
   * by itself; so does any library for JWS. 410 while its event is not in the database.
   */
  @Get(':receiptId')
  @Requires('wallet:entries:read')
  @Responds(200, signedReceipt)
  async receipt(@Param('receiptId') receiptId: string, @Caller() caller: Principal) {
    const entry = await this.receipts.find(receiptId);
    if (!entry || !(await this.directory.reaches(caller, entry.walletId)))
      throw notFound(`there is no receipt ${receiptId} of yours`);
    return new HttpAnswer(200, await this.receipts.issue(entry), { 'content-type': 'application/json; charset=utf-8' });
  }
}
