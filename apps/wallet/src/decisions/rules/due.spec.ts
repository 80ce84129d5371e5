import { describe, it } from '@jest/globals';
import { CapacityFreed, instantOf, ChargeRefused, TokensExpired, WalletCharged } from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import { chargeWallet } from '../usage/charge-wallet.ts';
import {
  available,
  chargeId,
  context,
  from,
  given,
  granted,
  grantId,
  hour,
  limitedTo,
  now,
  opened,
  purchased,
  purchaseId,
  to,
  usageId,
  use,
  walletId,
} from '../examples.fixture.ts';

describe('expiry', () => {
  const charge = (tokens: bigint) => ({ chargeId, usageId, tokens });
  const charged = (tokens: bigint) => ({ ...charge(tokens), use });
  const expired = (tokens: bigint, returned: boolean, due = now) => [
    TokensExpired({
      walletId,
      tokens,
      lots: [{ lotId: grantId, tokens, expiresAt: instantOf(due) }],
      postings: [from(available, tokens), to('lane:0:expired', tokens)],
    }),
    onSystemStream(CapacityFreed({ walletId, tokens, returned })),
  ];

  it('comes first: what is due is not spent', () =>
    given(opened, purchased(10n), granted(30n, { expiresAt: now }))
      .when(chargeWallet, charged(11n), context)
      .then(
        ...expired(30n, false),
        ChargeRefused({ walletId, ...charge(11n), code: 'WALLET.INSUFFICIENT_TOKENS', available: 10n, required: 11n }),
      ));

  it('gives capacity back where there is a limit', () =>
    given(opened, purchased(10n), granted(30n, { expiresAt: now - hour }))
      .when(chargeWallet, charged(10n), limitedTo(0n))
      .then(
        ...expired(30n, true, now - hour),
        WalletCharged({
          walletId,
          ...charged(10n),
          day: '2026-01-01',
          timeZone: 'UTC',
          lots: [{ lotId: purchaseId, tokens: 10n }],
          postings: [from(available, 10n), to('lane:0:escrow', 10n)],
        }),
      ));

  it('does not come a millisecond early', () =>
    given(opened, granted(30n, { expiresAt: now + 1 }))
      .when(chargeWallet, charged(30n), context)
      .then(
        WalletCharged({
          walletId,
          ...charged(30n),
          day: '2026-01-01',
          timeZone: 'UTC',
          lots: [{ lotId: grantId, tokens: 30n, expiresAt: instantOf(now + 1) }],
          postings: [from(available, 30n), to('lane:0:escrow', 30n)],
        }),
      ));
});
