import { describe, expect, it } from '@jest/globals';
import { HoldPlaced, HoldRefused, instantOf } from '@tokengrid/contracts';
import {
  available,
  context,
  from,
  given,
  granted,
  grantId,
  heldAccount,
  holdId,
  hour,
  now,
  opened,
  placed,
  purchased,
  purchaseId,
  to,
  walletId,
} from '../examples.fixture.ts';
import { mostOpenHolds } from '../state/holds.ts';
import { placeHold } from './place-hold.ts';

describe('place hold', () => {
  const place = (tokens: bigint) => ({ holdId, tokens, expiresInSeconds: 600, reason: 'a chat completion' });
  const asked = (tokens: bigint) => ({ walletId, holdId, tokens });
  const whole = [{ lotId: purchaseId, tokens: 1n }];

  it('sets lots aside in burn order, and says which and until when', () =>
    given(opened, purchased(100n), granted(50n, { transferable: false, expiresAt: now + hour }))
      .when(placeHold, place(120n), context)
      .then(
        HoldPlaced({
          ...asked(120n),
          reason: 'a chat completion',
          expiresAt: instantOf(now + 600_000),
          lots: [
            { lotId: grantId, tokens: 50n, expiresAt: instantOf(now + hour) },
            { lotId: purchaseId, tokens: 70n },
          ],
          postings: [from(available, 120n), to(heldAccount, 120n)],
        }),
      ));

  it('refuses one µAIT more than the wallet has, what other holds have not counted', () =>
    given(opened, purchased(100n), placed([{ lotId: purchaseId, tokens: 40n }], { holdId: 'hld_other' }))
      .when(placeHold, place(61n), context)
      .then(HoldRefused({ ...asked(61n), code: 'WALLET.INSUFFICIENT_TOKENS', available: 60n, required: 61n })));

  it('refuses one hold more than a wallet may have open, before it looks at the funds', () => {
    const open = Array.from({ length: mostOpenHolds }, (_, index) => placed(whole, { holdId: `hld_${index}` }));
    given(opened, purchased(BigInt(mostOpenHolds)), ...open)
      .when(placeHold, place(1n), context)
      .then(HoldRefused({ ...asked(1n), code: 'WALLET.TOO_MANY_HOLDS' }));
  });

  it('leaves the rest to spend', () => {
    const { state } = given(opened, purchased(100n), placed([{ lotId: purchaseId, tokens: 40n }]));
    expect(state).toMatchObject({
      available: 60n,
      held: 40n,
      lots: [{ tokens: 60n }],
      holds: [{ holdId, tokens: 40n, lots: [{ lotId: purchaseId, tokens: 40n }] }],
    });
  });
});
