import { Controller, Get, Param } from '@nestjs/common';
import { signedReceipt } from '@tokengrid/contracts';
import { Caller, HttpAnswer, notFound, type Principal, Public, Refuses, Requires, Responds } from '@tokengrid/service';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { ReceiptKeys } from '../../receipts/receipt-keys.ts';
import { Receipts } from '../../receipts/receipts.ts';
import { KeysAnswer } from './receipts.answers.ts';

/** Receipts of payments by a wallet and for money, which others can check. */
@Controller('v1/receipts')
export class ReceiptsController {
  constructor(
    private readonly receipts: Receipts,
    private readonly keys: ReceiptKeys,
    private readonly directory: WalletDirectory,
  ) {}

  /** Lists the public keys of receipts, the current one first. Older keys stay. */
  @Get('keys')
  @Public()
  @Responds(200, KeysAnswer)
  listReceiptKeys() {
    return { keys: this.keys.published };
  }

  /**
   * Gets the signed receipt of a charge, capture, purchase or sale, by its id. It is a JWS of the
   * same bytes each time; `tokengrid receipt verify` checks one offline.
   */
  @Get(':receiptId')
  @Requires('wallet:entries:read')
  @Refuses('EVENTS_RETIRED')
  @Responds(200, signedReceipt)
  async getReceipt(@Param('receiptId') receiptId: string, @Caller() caller: Principal) {
    const booked = await this.receipts.find(receiptId);
    if (!booked || !(await this.directory.reaches(caller, booked.walletId)))
      throw notFound(`no such receipt of yours: ${receiptId}`);
    return new HttpAnswer(200, await this.receipts.issue(receiptId, booked), {
      'content-type': 'application/json; charset=utf-8',
    });
  }
}
