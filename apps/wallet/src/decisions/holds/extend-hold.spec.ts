import { describe, expect, it } from '@jest/globals';
import { HoldExpired, HoldExtended, HoldExtensionRefused, instantOf } from '@tokengrid/contracts';
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
  placed,
  purchased,
  purchaseId,
  to,
  walletId,
} from '../examples.fixture.ts';
import { extendHold } from './extend-hold.ts';
import type { OpenedWallet } from '../state/wallet.ts';

describe('extend hold', () => {
  const known = { status: 'open', expiresAt: now + hour } as const;
  const extend = (tokens: bigint, expiresInSeconds?: number) => ({ holdId, tokens, expiresInSeconds, known });
  const asked = (tokens: bigint) => ({ walletId, holdId, tokens });
  const lot = (tokens: bigint) => ({ lotId: purchaseId, tokens });
  const extended = (tokens: bigint, held: bigint, expiresAt: number) =>
    HoldExtended({
      ...asked(tokens),
      held,
      expiresAt: instantOf(expiresAt),
      lots: [lot(tokens)],
      postings: [from(available, tokens), to(heldAccount, tokens)],
    });

  it('sets more aside, until then', () =>
    given(opened, purchased(100n), placed([lot(40n)]))
      .when(extendHold, extend(60n), context)
      .then(extended(60n, 100n, now + hour)));

  it('makes it last longer', () =>
    given(opened, purchased(100n), placed([lot(40n)]))
      .when(extendHold, extend(1n, 7200), context)
      .then(extended(1n, 41n, now + 2 * hour)));

  it('puts them behind what is under it already, so that captures take the oldest first', () => {
    const later = `${purchaseId.slice(0, -1)}9`;
    const history = [opened, purchased(40n), purchased(60n, later), placed([lot(40n)])];
    const more = given(...history).when(extendHold, extend(60n), context).decided as never[];
    const { holds } = given(...history, ...more).state as OpenedWallet;
    expect(holds[0]!.lots.map(({ lotId }) => lotId)).toEqual([purchaseId, later]);
  });

  it('never makes it end sooner', () =>
    given(opened, purchased(100n), placed([lot(40n)]))
      .when(extendHold, extend(1n, 60), context)
      .then(extended(1n, 41n, now + hour)));

  it('refuses a hold that ends now, which expires first', () =>
    given(opened, purchased(100n), placed([lot(40n)], { expiresAt: now }))
      .when(extendHold, { ...extend(101n), known: { status: 'open', expiresAt: now } }, context)
      .then(
        HoldExpired({
          ...asked(40n),
          lots: [lot(40n)],
          postings: [from(heldAccount, 40n), to(available, 40n)],
        }),
        HoldExtensionRefused({ ...asked(101n), code: 'WALLET.HOLD_EXPIRED' }),
      ));

  it('refuses a hold that was resolved', () =>
    given(opened, purchased(100n))
      .when(extendHold, { ...extend(1n), known: { status: 'captured', expiresAt: now + hour } }, context)
      .then(HoldExtensionRefused({ ...asked(1n), code: 'WALLET.HOLD_RESOLVED' })));

  it('refuses one µAIT more than the wallet has left', () =>
    given(opened, purchased(100n), placed([lot(40n)]))
      .when(extendHold, extend(61n), context)
      .then(
        HoldExtensionRefused({
          ...asked(61n),
          code: 'WALLET.INSUFFICIENT_TOKENS',
          available: 60n,
          required: 61n,
        }),
      ));
});
