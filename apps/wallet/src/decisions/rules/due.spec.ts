import { describe, it } from '@jest/globals';
import { CapacityFreed, instantOf, TokensExpired } from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import { chargeWallet } from '../usage/charge-wallet.ts';
import {
  available,
  charge,
  charged,
  chargeRefused,
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
  walletId,
} from '../examples.fixture.ts';

describe('expiry', () => {
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
      .when(chargeWallet, charge(11n), context)
      .then(
        ...expired(30n, false),
        chargeRefused(11n, { code: 'WALLET.INSUFFICIENT_TOKENS', available: 10n, required: 11n }),
      ));

  it('gives capacity back where there is a limit', () =>
    given(opened, purchased(10n), granted(30n, { expiresAt: now - hour }))
      .when(chargeWallet, charge(10n), limitedTo(0n))
      .then(...expired(30n, true, now - hour), charged(10n, [{ lotId: purchaseId, tokens: 10n }])));

  it('does not come a millisecond early', () =>
    given(opened, granted(30n, { expiresAt: now + 1 }))
      .when(chargeWallet, charge(30n), context)
      .then(charged(30n, [{ lotId: grantId, tokens: 30n, expiresAt: instantOf(now + 1) }])));
});
