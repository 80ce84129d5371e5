import { describe, it } from '@jest/globals';
import { HoldReleased, HoldReleaseRefused } from '@tokengrid/contracts';
import {
  available,
  context,
  from,
  given,
  heldAccount,
  holdId,
  hour,
  now,
  opened,
  otherHoldId,
  placed,
  purchased,
  purchaseId,
  to,
  walletId,
} from '../examples.fixture.ts';
import { releaseHold } from './release-hold.ts';

describe('release hold', () => {
  const known = { status: 'open', expiresAt: now + hour } as const;
  const lot = (tokens: bigint) => ({ lotId: purchaseId, tokens });

  it('gives back what is under it, and leaves other holds alone', () =>
    given(opened, purchased(100n), placed([lot(40n)]), placed([lot(10n)], { holdId: otherHoldId }))
      .when(releaseHold, { holdId, known }, context)
      .then(
        HoldReleased({
          walletId,
          holdId,
          tokens: 40n,
          lots: [lot(40n)],
          postings: [from(heldAccount, 40n), to(available, 40n)],
        }),
      ));

  it('refuses a hold that was resolved', () =>
    given(opened, purchased(100n))
      .when(releaseHold, { holdId, known: { status: 'released', expiresAt: now + hour } }, context)
      .then(HoldReleaseRefused({ walletId, holdId, code: 'WALLET.HOLD_RESOLVED' })));

  it('refuses a hold that has expired', () =>
    given(opened, purchased(100n))
      .when(releaseHold, { holdId, known: { status: 'expired', expiresAt: now - hour } }, context)
      .then(HoldReleaseRefused({ walletId, holdId, code: 'WALLET.HOLD_EXPIRED' })));
});
