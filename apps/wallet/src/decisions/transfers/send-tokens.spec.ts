import { describe, it } from '@jest/globals';
import { instantOf, TokensSent, TransferRefused } from '@tokengrid/contracts';
import {
  available,
  context,
  from,
  given,
  grantId,
  granted,
  hour,
  now,
  opened,
  otherWalletId,
  purchased,
  purchaseId,
  received,
  to,
  today,
  transferId,
  walletId,
} from '../examples.fixture.ts';
import { openMarket } from '../state/market-policies.ts';
import { sendTokens } from './send-tokens.ts';

describe('send tokens', () => {
  const send = (tokens: bigint) => ({
    ...{ transferId, toWalletId: otherWalletId, tokens, receiverKnown: true },
    policy: openMarket,
  });
  const asked = (tokens: bigint) => ({ walletId, transferId, toWalletId: otherWalletId, tokens });
  const refused = (tokens: bigint, code: Parameters<typeof TransferRefused>[0]['code'], amounts: object = {}) =>
    TransferRefused({ ...asked(tokens), code, ...amounts });
  const postings = (tokens: bigint) => [from(available, tokens), to('lane:0:in-transit', tokens)];

  it('puts tokens in transit, and says which lots it took', () =>
    given(opened, purchased(100n))
      .when(sendTokens, { ...send(100n), memo: 'rent' }, context)
      .then(
        TokensSent({
          ...asked(100n),
          day: today,
          timeZone: 'UTC',
          memo: 'rent',
          lots: [{ lotId: purchaseId, tokens: 100n }],
          parcels: [{ tokens: 100n, expiresAt: null }],
          postings: postings(100n),
        }),
      ));

  it('sends what expires with its end, apart from what does not', () =>
    given(opened, received(50n), purchased(100n), granted(30n, { expiresAt: now + hour }))
      .when(sendTokens, send(120n), context)
      .then(
        TokensSent({
          ...asked(120n),
          day: today,
          timeZone: 'UTC',
          lots: [
            { lotId: grantId, tokens: 30n, expiresAt: instantOf(now + hour) },
            { lotId: transferId, tokens: 50n },
            { lotId: purchaseId, tokens: 40n },
          ],
          parcels: [
            { tokens: 30n, expiresAt: instantOf(now + hour) },
            { tokens: 90n, expiresAt: null },
          ],
          postings: postings(120n),
        }),
      ));

  it('is refused where there is no such wallet, whatever is there', () =>
    given(opened)
      .when(sendTokens, { ...send(1n), receiverKnown: false }, context)
      .then(refused(1n, 'NOT_FOUND')));

  it('is refused where the wallet has enough and none of it may leave', () =>
    given(opened, granted(50n, { transferable: false }))
      .when(sendTokens, send(50n), context)
      .then(refused(50n, 'WALLET.NOT_TRANSFERABLE', { available: 0n, required: 50n })));

  it('refuses one µAIT more than can be sent, and says what could', () =>
    given(opened, purchased(100n), granted(50n, { transferable: false }))
      .when(sendTokens, send(101n), context)
      .then(refused(101n, 'WALLET.INSUFFICIENT_TOKENS', { available: 100n, required: 101n })));
});
