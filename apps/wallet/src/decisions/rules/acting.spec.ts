import { describe, expect, it } from '@jest/globals';
import {
  CaptureRefused,
  HoldCaptured,
  HoldExtended,
  HoldExtensionRefused,
  HoldRefused,
  HoldReleased,
  HoldReleaseRefused,
  instantOf,
  MemberReinstated,
  MemberRemoved,
  MemberSet,
  MemberSuspended,
  PurchaseRefused,
  SaleRefused,
  TransferRefused,
} from '@tokengrid/contracts';
import type { Actor } from './actors.ts';
import { captureHold } from '../holds/capture-hold.ts';
import { chargeWallet } from '../usage/charge-wallet.ts';
import {
  available,
  captureId,
  charge,
  charged as chargedFrom,
  chargeRefused,
  context,
  from,
  given,
  heldAccount,
  holdId,
  hour,
  now,
  opened,
  otherWalletId,
  placed,
  price,
  purchased,
  purchaseId,
  saleId,
  to,
  today,
  transferId,
  waiting,
  walletId,
} from '../examples.fixture.ts';
import { extendHold } from '../holds/extend-hold.ts';
import { placeHold } from '../holds/place-hold.ts';
import { openMarket } from '../state/market-policies.ts';
import { purchaseTokens } from '../purchases/purchase-tokens.ts';
import { releaseHold } from '../holds/release-hold.ts';
import { sellTokens } from '../purchases/sell-tokens.ts';
import { sendTokens } from '../transfers/send-tokens.ts';
import { mustBeOpen } from '../state/wallet.ts';

const [child, other] = ['sub_child', 'sub_other'] as const;

/** A key, a key minted by it, and a key minted by that. */
const [first, second, third] = ['key_first', 'key_second', 'key_third'] as const;
const asChild: Actor = { line: [], memberId: child };
const withFirst: Actor = { line: [first] };
const withThird: Actor = { line: [third, second, first] };

const set = (memberId: string, caps: { daily?: bigint; monthly?: bigint } = {}) =>
  MemberSet({ walletId, memberId, ...caps });

const removed = (memberId: string) => MemberRemoved({ walletId, memberId });
const suspended = MemberSuspended({ walletId, memberId: child, partyRevision: 2 });
const reinstated = MemberReinstated({ walletId, memberId: child, partyRevision: 3 });
const lot = (tokens: bigint) => ({ lotId: purchaseId, tokens });
const known = { status: 'open', expiresAt: now + hour } as const;

const charged = (tokens: bigint, memberIds?: string[]) =>
  chargedFrom(tokens, [lot(tokens)], memberIds && { memberIds });

const exceeded = (limit: 'daily' | 'member-daily' | 'member-monthly', left: bigint, required: bigint) => ({
  ...({ code: 'WALLET.LIMIT_EXCEEDED', limit, available: left, required } as const),
});

const capture = (tokens: bigint, actor?: Actor) => ({ holdId, captureId, tokens, final: false, known, actor });
const captureRefused = (
  tokens: bigint,
  refusal: Partial<Parameters<typeof CaptureRefused>[0]> & Pick<Parameters<typeof CaptureRefused>[0], 'code'>,
) => CaptureRefused({ walletId, holdId, captureId, tokens, ...refusal });

/** A capture of `within` µAIT of its hold and `beyond` from the wallet. */
function captured(within: bigint, beyond: bigint, held: bigint, more: { shortfall?: bigint; memberIds?: string[] }) {
  const { shortfall = 0n, memberIds } = more;
  return HoldCaptured({
    ...{
      walletId,
      holdId,
      captureId,
      tokens: within + beyond,
      shortfall,
      final: false,
      held,
      day: today,
      timeZone: 'UTC',
    },
    ...(memberIds && { memberIds }),
    lots: [lot(within)],
    beyond: beyond === 0n ? [] : [lot(beyond)],
    postings: [
      ...[from(heldAccount, within), to('lane:0:redeemed', within)],
      ...(beyond === 0n ? [] : [from(available, beyond), to('lane:0:redeemed', beyond)]),
    ],
  });
}

const extend = (tokens: bigint, actor?: Actor) => ({ holdId, tokens, known, actor });
const extended = (tokens: bigint, held: bigint, memberIds?: string[]) =>
  HoldExtended({
    ...{ walletId, holdId, tokens, held, ...(memberIds && { memberIds }), expiresAt: instantOf(now + hour) },
    lots: [lot(tokens)],
    postings: [from(available, tokens), to(heldAccount, tokens)],
  });

const extensionRefused = (
  tokens: bigint,
  refusal: Partial<Parameters<typeof HoldExtensionRefused>[0]> &
    Pick<Parameters<typeof HoldExtensionRefused>[0], 'code'>,
) => HoldExtensionRefused({ walletId, holdId, tokens, ...refusal });

describe('a member', () => {
  it('spends up to its own cap, which others do not use up', () => {
    const history = [
      ...[opened, purchased(100n), set(child, { daily: 30n })],
      ...[charged(50n), charged(20n, [child])],
    ] as const;
    given(...history)
      .when(chargeWallet, charge(10n, asChild), context)
      .then(charged(10n, [child]));
    given(...history)
      .when(chargeWallet, charge(11n, asChild), context)
      .then(chargeRefused(11n, exceeded('member-daily', 10n, 11n)));
    given(...history)
      .when(chargeWallet, charge(30n), context)
      .then(charged(30n));
  });

  it('keeps what it has spent when its caps change', () =>
    given(opened, purchased(100n), set(child, { daily: 30n }), charged(20n, [child]), set(child, { daily: 21n }))
      .when(chargeWallet, charge(2n, asChild), context)
      .then(chargeRefused(2n, exceeded('member-daily', 1n, 2n))));

  it('is whoever spends and is neither the owner nor the operator', () =>
    given(opened, purchased(100n), set(child), removed(child))
      .when(placeHold, { holdId, tokens: 1n, expiresInSeconds: 60, reason: 'a use', actor: asChild }, context)
      .then(HoldRefused({ walletId, holdId, tokens: 1n, code: 'WALLET.NOT_A_MEMBER' })));

  it('leaves what it used for the wallet to pay, which it was a member of by then', () =>
    given(opened, purchased(100n), set(child, { daily: 0n }), removed(child))
      .when(chargeWallet, charge(1n, asChild), context)
      .then(charged(1n)));

  it('spends and is charged for nothing while it is suspended, on whichever wallet', () => {
    const history = [opened, purchased(100n), set(child), placed([lot(40n)], { memberIds: [child] })] as const;
    const barred = { code: 'WALLET.MEMBER_SUSPENDED' } as const;
    const asleep = given(...history, suspended);
    asleep.when(chargeWallet, charge(1n, asChild), context).then(chargeRefused(1n, barred));
    asleep.when(captureHold, capture(1n, asChild), context).then(captureRefused(1n, barred));
    asleep.when(extendHold, extend(1n, asChild), context).then(extensionRefused(1n, barred));
    asleep
      .when(releaseHold, { holdId, known, actor: asChild }, context)
      .then(HoldReleaseRefused({ walletId, holdId, ...barred }));
    asleep.when(captureHold, capture(1n), context).then(captured(1n, 0n, 39n, { memberIds: [child] }), freed(1n));
    given(...history, suspended, reinstated)
      .when(chargeWallet, charge(1n, asChild), context)
      .then(charged(1n, [child]));
  });

  it('does nothing more about a hold of its own once it is removed', () => {
    const history = [opened, purchased(100n), set(child), placed([lot(5n)], { memberIds: [child] }), removed(child)];
    const barred = { code: 'WALLET.NOT_A_MEMBER' } as const;
    const gone = given(...history);
    gone.when(captureHold, capture(90n, asChild), context).then(captureRefused(90n, barred));
    gone.when(extendHold, extend(1n, asChild), context).then(extensionRefused(1n, barred));
    gone
      .when(releaseHold, { holdId, known, actor: asChild }, context)
      .then(HoldReleaseRefused({ walletId, holdId, ...barred }));
  });

  it('finds no hold that is not its own', () => {
    const shared = given(opened, purchased(100n), set(child), set(other), placed([lot(5n)], { memberIds: [other] }));
    const none = { code: 'NOT_FOUND' } as const;
    shared.when(captureHold, capture(5n, asChild), context).then(captureRefused(5n, none));
    shared.when(extendHold, extend(1n, asChild), context).then(extensionRefused(1n, none));
    shared
      .when(releaseHold, { holdId, known, actor: asChild }, context)
      .then(HoldReleaseRefused({ walletId, holdId, ...none }));
  });
});

describe('a cap', () => {
  it('binds after the limits of the wallet', () =>
    given(opened, purchased(100n), set(child, { monthly: 5n }), {
      type: 'SpendLimitsSet',
      data: { walletId, daily: 4n, alertsAt: [] },
    })
      .when(chargeWallet, charge(6n, asChild), context)
      .then(chargeRefused(6n, exceeded('daily', 4n, 6n))));

  it('binds the key that has it, and all that it minted', () => {
    const history = [opened, purchased(100n), set(first, { monthly: 5n })] as const;
    for (const actor of [withFirst, withThird]) {
      given(...history)
        .when(chargeWallet, charge(6n, actor), context)
        .then(chargeRefused(6n, exceeded('member-monthly', 5n, 6n)));
      given(...history)
        .when(chargeWallet, charge(5n, actor), context)
        .then(charged(5n, [first]));
    }
  });

  it('binds with every other: of the member party, then of each key, the acting one first', () => {
    const actor = { ...withThird, memberId: child };
    const all = [opened, purchased(100n), set(first, { daily: 9n }), set(third, { daily: 8n }), set(child)] as const;
    given(...all)
      .when(chargeWallet, charge(8n, actor), context)
      .then(charged(8n, [child, third, first]));
    given(...all, charged(2n, [first]))
      .when(chargeWallet, charge(8n, actor), context)
      .then(chargeRefused(8n, exceeded('member-daily', 7n, 8n)));
    given(...all, charged(8n, [child, third, first]))
      .when(chargeWallet, charge(2n, withFirst), context)
      .then(chargeRefused(2n, exceeded('member-daily', 1n, 2n)));
  });

  it('binds what a key captures through a hold that somebody else placed', () => {
    const history = [opened, purchased(100n), set(first, { daily: 10n }), placed([lot(20n)])] as const;
    given(...history)
      .when(captureHold, capture(11n, withFirst), context)
      .then(captureRefused(11n, exceeded('member-daily', 10n, 11n)));
    given(...history)
      .when(captureHold, capture(10n, withFirst), context)
      .then(captured(10n, 0n, 10n, { memberIds: [first] }), freed(10n));
  });

  it('binds what a key captures beyond a hold: what is left after the part within', () =>
    given(opened, purchased(100n), set(first, { daily: 10n }), placed([lot(4n)]))
      .when(captureHold, capture(90n, withFirst), context)
      .then(captured(4n, 6n, 0n, { shortfall: 80n, memberIds: [first] }), freed(10n)));

  it('binds beyond a hold whoever captures it: the members of the hold, too', () =>
    given(opened, purchased(100n), set(child, { daily: 12n }), placed([lot(5n)], { memberIds: [child] }))
      .when(captureHold, capture(90n), context)
      .then(captured(5n, 7n, 0n, { shortfall: 78n, memberIds: [child] }), freed(12n)));

  it('binds a hold that is extended with all that it has, for a member that was not under it', () => {
    const history = [opened, purchased(100n), set(first, { daily: 10n }), placed([lot(8n)])] as const;
    given(...history)
      .when(extendHold, extend(3n, withFirst), context)
      .then(extensionRefused(3n, exceeded('member-daily', 10n, 11n)));
    given(...history)
      .when(extendHold, extend(2n, withFirst), context)
      .then(extended(2n, 10n, [first]));
    given(...history, extended(2n, 10n, [first]))
      .when(chargeWallet, charge(1n, withFirst), context)
      .then(chargeRefused(1n, exceeded('member-daily', 0n, 1n)));
  });

  it('binds a hold that somebody else extends for what is added', () => {
    const history = [
      ...[opened, purchased(100n), set(child, { daily: 10n }), placed([lot(8n)], { memberIds: [child] })],
    ] as const;
    given(...history)
      .when(extendHold, extend(3n), context)
      .then(extensionRefused(3n, exceeded('member-daily', 2n, 3n)));
    given(...history)
      .when(extendHold, extend(2n), context)
      .then(extended(2n, 10n, [child]));
  });

  it('binds what was placed under it after its member is gone, the owner too', () => {
    const history = [
      ...[opened, purchased(1000n), set(child, { daily: 12n }), placed([lot(5n)], { memberIds: [child] })],
      ...[removed(child)],
    ] as const;
    given(...history)
      .when(captureHold, capture(900n), context)
      .then(captured(5n, 7n, 0n, { shortfall: 888n, memberIds: [child] }), freed(12n));
    given(...history)
      .when(extendHold, extend(8n), context)
      .then(extensionRefused(8n, exceeded('member-daily', 7n, 8n)));
  });

  it('of a member that comes back is its new one, for what was placed before, too, and what it spent counts', () => {
    const history = [
      ...[opened, purchased(1000n), set(child, { daily: 12n }), charged(4n, [child])],
      ...[
        placed([{ lotId: purchaseId, tokens: 5n }], { memberIds: [child] }),
        removed(child),
        set(child, { daily: 20n }),
      ],
    ] as const;
    given(...history)
      .when(captureHold, capture(900n, asChild), context)
      .then(captured(5n, 11n, 0n, { shortfall: 884n, memberIds: [child] }), freed(16n));
  });

  it('of a member that is gone is forgotten with its last hold', () => {
    const hold = placed([lot(5n)], { memberIds: [child] });
    const released = HoldReleased({
      ...{ walletId, holdId, tokens: 5n, lots: [lot(5n)] },
      postings: [from(heldAccount, 5n), to(available, 5n)],
    });
    const former = (...more: readonly (typeof released)[]) =>
      mustBeOpen(given(opened, purchased(10n), set(child), hold, removed(child), ...more).state).formerMembers;
    expect(former()).toMatchObject([{ memberId: child }]);
    expect(former(released)).toEqual([]);
  });

  it('of a key is lifted by whoever removes it, for what the key does from then on', () =>
    given(opened, purchased(100n), set(first, { daily: 5n }), removed(first))
      .when(chargeWallet, charge(50n, withFirst), context)
      .then(charged(50n)));
});

describe('a key with a cap', () => {
  const history = [opened, purchased(100n), set(first, { daily: 30n })] as const;

  it('sells no more than its cap lets it', () => {
    const sale = (tokens: bigint, actor: Actor) => ({ saleId, tokens, posted: price, policy: openMarket, actor });
    given(...history)
      .when(sellTokens, sale(31n, withThird), context)
      .then(SaleRefused({ walletId, saleId, tokens: 31n, ...exceeded('member-daily', 30n, 31n) }));
    const sold = given(...history).when(sellTokens, sale(30n, withThird), context).decided;
    expect(sold[0]).toMatchObject({ type: 'TokensSold', data: { tokens: 30n, memberIds: [first] } });
    given(...history, sold[0] as never)
      .when(chargeWallet, charge(1n, withFirst), context)
      .then(chargeRefused(1n, exceeded('member-daily', 0n, 1n)));
  });

  it('buys no more on the bill than its cap lets it', () => {
    const purchase = (tokens: bigint, method: 'carrier-bill' | 'payment-provider' = 'carrier-bill') => ({
      ...{ purchaseId, tokens, method, posted: price, policy: openMarket, actor: withThird },
      ...waiting,
    });
    given(...history)
      .when(purchaseTokens, purchase(31n), context)
      .then(PurchaseRefused({ walletId, purchaseId, tokens: 31n, ...exceeded('member-daily', 30n, 31n) }));
    const bought = given(...history).when(purchaseTokens, purchase(30n), context).decided;
    expect(bought[0]).toMatchObject({ type: 'TokensPurchased', data: { tokens: 30n, memberIds: [first] } });
    given(...history, bought[0] as never)
      .when(chargeWallet, charge(1n, withFirst), context)
      .then(chargeRefused(1n, exceeded('member-daily', 0n, 1n)));
    const pending = given(...history).when(purchaseTokens, purchase(31n, 'payment-provider'), context).decided;
    expect(pending[0]).toMatchObject({ type: 'PurchasePending' });
  });

  it('sends no more than its cap lets it, after what the operator allows and before the funds', () =>
    given(...history)
      .when(
        sendTokens,
        {
          ...{ transferId, toWalletId: otherWalletId, tokens: 101n, receiverKnown: true, policy: openMarket },
          actor: withThird,
        },
        context,
      )
      .then(
        TransferRefused({
          ...{ walletId, transferId, toWalletId: otherWalletId, tokens: 101n },
          ...exceeded('member-daily', 30n, 101n),
        }),
      ));
});

/** Capacity that a lane regains from redeemed tokens. */
const freed = (tokens: bigint) => ({
  systemEvent: { type: 'CapacityFreed' as const, data: { walletId, tokens, returned: false } },
});
