import { describe, expect, it } from '@jest/globals';
import {
  CapacityFreed,
  CaptureRefused,
  HoldCaptured,
  HoldExpired,
  HoldReleased,
  instantOf,
  TokensExpired,
} from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import { captureHold } from './capture-hold.ts';
import {
  available,
  captureId,
  context,
  from,
  given,
  granted,
  grantId,
  heldAccount,
  holdId,
  hour,
  limitedTo,
  now,
  opened,
  placed,
  purchased,
  purchaseId,
  to,
  walletId,
} from '../examples.fixture.ts';

describe('capture hold', () => {
  const known = { status: 'open', expiresAt: now + hour } as const;
  const capture = (tokens: bigint, final = false) => ({ holdId, captureId, tokens, final, known });
  const lot = (tokens: bigint) => ({ lotId: purchaseId, tokens });
  const asked = { walletId, holdId, captureId };
  const redeemed = (tokens: bigint) => to('lane:0:redeemed', tokens);
  const taken = (tokens: bigint, held: bigint, final = false) =>
    HoldCaptured({
      ...asked,
      tokens,
      shortfall: 0n,
      final,
      held,
      day: '2026-01-01',
      timeZone: 'UTC',
      lots: [lot(tokens)],
      beyond: [],
      postings: [from(heldAccount, tokens), redeemed(tokens)],
    });
  const freed = (tokens: bigint, returned = false) => onSystemStream(CapacityFreed({ walletId, tokens, returned }));

  it('takes a part, and leaves the rest under the hold', () =>
    given(opened, purchased(100n), placed([lot(40n)]))
      .when(captureHold, capture(15n), context)
      .then(taken(15n, 25n), freed(15n)));

  it('gives back what the last one leaves, and makes room for others where capacity is limited', () =>
    given(opened, purchased(100n), placed([lot(40n)]))
      .when(captureHold, capture(15n, true), limitedTo(0n))
      .then(
        taken(15n, 25n, true),
        freed(15n, true),
        HoldReleased({
          walletId,
          holdId,
          tokens: 25n,
          lots: [lot(25n)],
          postings: [from(heldAccount, 25n), to(available, 25n)],
        }),
      ));

  it('takes what the wallet has beyond the hold, and records what is missing', () =>
    given(opened, purchased(60n), placed([lot(40n)]))
      .when(captureHold, capture(70n), context)
      .then(
        HoldCaptured({
          ...asked,
          tokens: 60n,
          shortfall: 10n,
          final: false,
          held: 0n,
          day: '2026-01-01',
          timeZone: 'UTC',
          lots: [lot(40n)],
          beyond: [lot(20n)],
          postings: [from(heldAccount, 40n), redeemed(40n), from(available, 20n), redeemed(20n)],
        }),
        freed(60n),
      ));

  it('records the whole as missing where nothing is left anywhere', () =>
    given(opened, purchased(40n), placed([lot(40n)]), taken(40n, 0n))
      .when(captureHold, capture(1n), context)
      .then(
        HoldCaptured({
          ...asked,
          tokens: 0n,
          shortfall: 1n,
          final: false,
          held: 0n,
          day: '2026-01-01',
          timeZone: 'UTC',
          lots: [],
          beyond: [],
          postings: [],
        }),
      ));

  it('takes what expired under the hold, and lets what comes back of it expire at once', () => {
    const ends = { lotId: grantId, expiresAt: instantOf(now) };
    given(opened, granted(40n, { expiresAt: now }), placed([{ ...ends, tokens: 40n }]))
      .when(captureHold, capture(15n, true), context)
      .then(
        HoldCaptured({
          ...asked,
          tokens: 15n,
          shortfall: 0n,
          final: true,
          held: 25n,
          day: '2026-01-01',
          timeZone: 'UTC',
          lots: [{ ...ends, tokens: 15n }],
          beyond: [],
          postings: [from(heldAccount, 15n), redeemed(15n)],
        }),
        freed(15n),
        HoldReleased({
          walletId,
          holdId,
          tokens: 25n,
          lots: [{ ...ends, tokens: 25n }],
          postings: [from(heldAccount, 25n), to(available, 25n)],
        }),
        TokensExpired({
          walletId,
          tokens: 25n,
          lots: [{ ...ends, tokens: 25n }],
          postings: [from(available, 25n), to('lane:0:expired', 25n)],
        }),
        freed(25n),
      );
  });

  it('refuses a hold that ends now, which expires first', () =>
    given(opened, purchased(40n), placed([lot(40n)], { expiresAt: now }))
      .when(captureHold, { ...capture(1n), known: { status: 'open', expiresAt: now } }, context)
      .then(
        HoldExpired({
          walletId,
          holdId,
          tokens: 40n,
          lots: [lot(40n)],
          postings: [from(heldAccount, 40n), to(available, 40n)],
        }),
        CaptureRefused({ ...asked, tokens: 1n, code: 'WALLET.HOLD_EXPIRED' }),
      ));

  it.each([
    ['expired before the command came', { status: 'expired', expiresAt: now - hour }, 'WALLET.HOLD_EXPIRED'],
    ['was captured for the last time', { status: 'captured', expiresAt: now + hour }, 'WALLET.HOLD_RESOLVED'],
    ['was released, however long ago', { status: 'released', expiresAt: now - hour }, 'WALLET.HOLD_RESOLVED'],
    ['was resolved while the command was on its way', { status: 'open', expiresAt: now + 1 }, 'WALLET.HOLD_RESOLVED'],
  ] as const)('refuses a hold that %s', (_, gone, code) =>
    given(opened, purchased(40n))
      .when(captureHold, { ...capture(1n), known: gone }, context)
      .then(CaptureRefused({ ...asked, tokens: 1n, code })),
  );

  it('puts what comes back where it was in burn order, before its equals', () => {
    const other = 'pur_other';
    const { state } = given(
      opened,
      purchased(40n),
      purchased(10n, other),
      placed([lot(40n)]),
      HoldReleased({
        walletId,
        holdId,
        tokens: 40n,
        lots: [lot(40n)],
        postings: [from(heldAccount, 40n), to(available, 40n)],
      }),
    );
    expect(state).toMatchObject({
      available: 50n,
      held: 0n,
      holds: [],
      lots: [
        { lotId: purchaseId, tokens: 40n },
        { lotId: other, tokens: 10n },
      ],
    });
  });
});
