import { describe, it } from '@jest/globals';
import { instantOf, TokensReceived, TransferDeclined } from '@tokengrid/contracts';
import {
  available,
  context,
  from,
  given,
  hour,
  now,
  opened,
  otherWalletId,
  received,
  sentOn,
  to,
  transferId,
  walletId,
} from '../examples.fixture.ts';
import { receiveTokens } from './receive-tokens.ts';

describe('receive tokens', () => {
  const lasting = [{ tokens: 70n, expiresAt: null }];
  const transfer = { transferId, walletId, fromWalletId: otherWalletId, tokens: 70n };

  it('takes them in as one lot that can be sent on', () =>
    given(opened)
      .when(receiveTokens, { ...transfer, sentOn, parcels: lasting }, context)
      .then(received(70n)));

  it('keeps apart what ends apart', () => {
    const soon = instantOf(now + hour);
    const parcels = [
      { tokens: 30n, expiresAt: soon },
      { tokens: 40n, expiresAt: null },
    ];
    const terms = { source: 'transfer', priority: 50, transferable: true } as const;
    given(opened)
      .when(receiveTokens, { ...transfer, sentOn, memo: 'rent', parcels }, context)
      .then(
        TokensReceived({
          ...transfer,
          memo: 'rent',
          lots: [
            { lotId: transferId, tokens: 30n, ...terms, expiresAt: soon },
            { lotId: `${transferId}.1`, tokens: 40n, ...terms, expiresAt: null },
          ],
          postings: [from('lane:0:in-transit', 70n), to(available, 70n)],
        }),
      );
  });

  it('declines them where the wallet was never opened', () =>
    given()
      .when(receiveTokens, { ...transfer, sentOn, parcels: lasting }, context)
      .then(TransferDeclined({ ...transfer, sentOn, parcels: lasting, code: 'WALLET.NOT_OPEN' })));
});
