import { describe, expect, it } from '@jest/globals';
import { ChargeRefused, WalletCharged } from '@tokengrid/contracts';
import { chargeWallet } from './charge-wallet.ts';
import {
  available,
  chargeId,
  context,
  from,
  given,
  granted,
  grantId,
  opened,
  purchased,
  purchaseId,
  to,
  usageId,
  use,
  walletId,
} from '../examples.fixture.ts';
import { WalletNotOpen } from '../state/wallet.ts';

describe('charge wallet', () => {
  const charge = (tokens: bigint) => ({ chargeId, usageId, tokens, use });

  it('takes all a use costs into escrow, what cannot be sent included', () =>
    given(opened, purchased(100n), granted(50n, { transferable: false }))
      .when(chargeWallet, charge(150n), context)
      .then(
        WalletCharged({
          walletId,
          ...charge(150n),
          day: '2026-01-01',
          timeZone: 'UTC',
          lots: [
            { lotId: grantId, tokens: 50n },
            { lotId: purchaseId, tokens: 100n },
          ],
          postings: [from(available, 150n), to('lane:0:escrow', 150n)],
        }),
      ));

  it('takes nothing where one µAIT is missing, and says what there was', () =>
    given(opened, purchased(100n))
      .when(chargeWallet, charge(101n), context)
      .then(
        ChargeRefused({
          walletId,
          chargeId,
          usageId,
          tokens: 101n,
          code: 'WALLET.INSUFFICIENT_TOKENS',
          available: 100n,
          required: 101n,
        }),
      ));

  it('waits for the wallet to be opened', () =>
    expect(() => given().when(chargeWallet, charge(1n), context)).toThrow(WalletNotOpen));
});
