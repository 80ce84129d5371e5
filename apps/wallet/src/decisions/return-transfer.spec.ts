import { describe, it } from '@jest/globals';
import { TransferReturned } from '@tokengrid/contracts';
import {
  available,
  context,
  from,
  given,
  opened,
  otherWalletId,
  to,
  transferId,
  walletId,
} from './examples.fixture.ts';
import { returnTransfer } from './return-transfer.ts';

describe('return transfer', () => {
  it('gives declined tokens back as a refund', () => {
    const transfer = { transferId, toWalletId: otherWalletId, tokens: 70n, code: 'WALLET.NOT_OPEN' };
    given(opened)
      .when(returnTransfer, { ...transfer, isVoucher: false, parcels: [{ tokens: 70n, expiresAt: null }] }, context)
      .then(
        TransferReturned({
          walletId,
          ...transfer,
          lots: [
            { lotId: transferId, source: 'refund', tokens: 70n, priority: 50, expiresAt: null, transferable: true },
          ],
          postings: [from('lane:0:in-transit', 70n), to(available, 70n)],
        }),
      );
  });
});
