import { describe, expect, it } from '@jest/globals';
import {
  HoldExtended,
  HoldExtensionRefused,
  HoldPlaced,
  HoldReduced,
  HoldRefused,
  HoldReleased,
  HoldReleaseRefused,
  HoldsRecalled,
  instantOf,
  type LotTaken,
  MemberSet,
  MemberSuspended,
  SpendLimitsSet,
  VoucherIssued,
  type VoucherTerms,
  WalletCharged,
  type WalletEvent,
  WalletFrozen,
} from '@tokengrid/contracts';
import {
  available,
  charge,
  charged,
  chargeOf,
  context,
  from,
  given,
  granted,
  grantId,
  heldAccount,
  hour,
  made,
  now,
  opened,
  partyId,
  purchased,
  purchaseId,
  sentOn,
  sliceHeld,
  sliceId,
  termsOfLots,
  to,
  use,
  walletId,
} from '../examples.fixture.ts';
import { releaseHold } from '../holds/release-hold.ts';
import { releaseSlice } from '../holds/release-slice.ts';
import { recallingSlices } from '../rules/recalled-slices.ts';
import { setMember } from '../wallets/set-member.ts';
import { setSpendLimits } from '../wallets/set-spend-limits.ts';
import { freezeWallet } from '../wallets/freeze-wallet.ts';
import { chargeWallet } from './charge-wallet.ts';
import { holdSlice } from './hold-slice.ts';
import { renewSlice } from './renew-slice.ts';

const other = `slc_${'6'.repeat(26)}`;
const holdId = `hld_${'5'.repeat(26)}`;
const lotId = purchaseId;
const child = `sub_${'7'.repeat(26)}`;
const asked = {
  ...{ sliceId, partyId, gatewayId: 'gateway-1', number: 1, scope: [{ model: 'some-model' }] },
  ...{ tokens: 40n, atLeast: 10n, spare: 0n, expiresAt: now + hour },
};
const slice = (number = 1, final = false) => ({ sliceId, partyId, number, final, then: 'stop' as const });
const refused = { walletId, holdId, slice: { sliceId, partyId, number: 1 } };
const setAside = (tokens: bigint, lots: LotTaken[], terms = slice()) =>
  HoldPlaced({
    ...{ walletId, holdId, tokens, reason: 'slice at gateway-1', expiresAt: instantOf(now + hour), slice: terms, lots },
    postings: [from(available, tokens), to(heldAccount, tokens)],
  });
const voucher = (tokens: bigint, terms: Partial<VoucherTerms>) =>
  VoucherIssued({
    ...{ walletId, voucherId: `vch_${'1'.repeat(26)}`, tokens },
    lot: made({
      ...{ lotId: 'v', source: 'voucher' as const, tokens, priority: 10, expiresAt: null, transferable: false },
      voucher: { funder: 'operator', shareBps: 10_000, ...terms },
    }),
    postings: [from('lane:0:issuance', tokens), to(available, tokens)],
  });
const served = (tokens: bigint, report = 1) => use(tokens, { slice: { sliceId, report } });
const outOf = (tokens: bigint, report = 1, held: LotTaken[] = [{ lotId, tokens }]) =>
  WalletCharged({
    ...{ walletId, partyId, ratedBy: 'metering/0/1', tokens, ...sentOn, refused: [], refunded: [], givenBack: 0n },
    lotTerms: termsOfLots([lotId]),
    uses: [{ ...served(tokens, report), lots: [{ lotId, tokens }], held }],
    postings: [from(heldAccount, tokens), to('lane:0:escrow', tokens)],
  });

describe('a slice is granted', () => {
  it('what is wanted, at most 5 % of what is available', () => {
    given(opened, purchased(1000n))
      .when(holdSlice, asked, context)
      .then(setAside(40n, [{ lotId, tokens: 40n }]));
    given(opened, purchased(600n))
      .when(holdSlice, asked, context)
      .then(setAside(30n, [{ lotId, tokens: 30n }]));
  });

  it('half of a wallet that is nearly empty, a fourth where another process has a slice, a request at least', () => {
    given(opened, purchased(60n))
      .when(holdSlice, asked, context)
      .then(setAside(30n, [{ lotId, tokens: 30n }]));
    const beside = sliceHeld([{ lotId, tokens: 20n }], { sliceId: other });
    given(opened, purchased(80n), beside)
      .when(holdSlice, asked, context)
      .then(setAside(15n, [{ lotId, tokens: 15n }]));
    given(opened, purchased(12n))
      .when(holdSlice, asked, context)
      .then(setAside(10n, [{ lotId, tokens: 10n }]));
  });

  it('the last of a wallet as the final grant', () =>
    given(opened, purchased(10n))
      .when(holdSlice, asked, context)
      .then(setAside(10n, [{ lotId, tokens: 10n }], slice(1, true))));

  it('tokens of plans first, and of vouchers that pay the whole of every use in its scope', () => {
    given(opened, purchased(1000n), granted(15n), voucher(20n, { models: ['some-model'] }))
      .when(holdSlice, asked, context)
      .then(
        setAside(40n, [
          { lotId: 'v', tokens: 20n },
          { lotId: grantId, tokens: 15n },
          { lotId, tokens: 5n },
        ]),
      );
    for (const terms of [{ models: ['other'] }, { shareBps: 5000 }, { capPerUse: 5n }]) {
      given(opened, purchased(1000n), voucher(20n, terms))
        .when(holdSlice, asked, context)
        .then(setAside(40n, [{ lotId, tokens: 40n }]));
    }
  });

  it("no more than limits and a member's caps leave", () => {
    given(opened, purchased(1000n), SpendLimitsSet({ walletId, daily: 25n, alertsAt: [] }))
      .when(holdSlice, asked, context)
      .then(setAside(12n, [{ lotId, tokens: 12n }]));
    const [placed] = given(opened, purchased(1000n), MemberSet({ walletId, memberId: child, monthly: 20n })).when(
      holdSlice,
      { ...asked, actor: { line: [], memberId: child } },
      context,
    ).decided;
    expect(placed).toMatchObject({ type: 'HoldPlaced', data: { tokens: 10n, memberIds: [child] } });
  });

  it('nothing of a wallet without tokens; others that have some are called back', () => {
    const short = { code: 'WALLET.INSUFFICIENT_TOKENS', available: 0n, required: 40n } as const;
    given(opened)
      .when(holdSlice, asked, context)
      .then(HoldRefused({ ...refused, tokens: 40n, ...short }));
    const beside = sliceHeld([{ lotId, tokens: 20n }], { sliceId: other });
    const recalled = HoldsRecalled({ walletId, reason: 'needed', slices: [{ sliceId: other, partyId }] });
    given(opened, purchased(20n), beside)
      .when(holdSlice, asked, context)
      .then(HoldRefused({ ...refused, tokens: 40n, ...short }), recalled);
    given(opened, purchased(20n), beside, recalled)
      .when(holdSlice, asked, context)
      .then(HoldRefused({ ...refused, tokens: 40n, ...short }));
  });

  it('nothing, and is not refused, where some uses cost nothing; a freeze calls it back', () => {
    const free = { ...asked, atLeast: 0n };
    const empty = HoldPlaced({
      ...{ walletId, holdId, tokens: 0n, reason: 'slice at gateway-1', expiresAt: instantOf(now + hour) },
      ...{ slice: slice(1, true), lots: [], postings: [] },
    });
    given(opened).when(holdSlice, free, context).then(empty);
    given(opened, purchased(30n), SpendLimitsSet({ walletId, daily: 0n, alertsAt: [] }))
      .when(holdSlice, free, context)
      .then(empty);
    given(opened, purchased(600n))
      .when(holdSlice, free, context)
      .then(setAside(30n, [{ lotId, tokens: 30n }]));
    given(opened, WalletFrozen({ walletId, status: 'frozen', by: 'operator' }))
      .when(holdSlice, free, context)
      .then(HoldRefused({ ...refused, tokens: 40n, code: 'WALLET.FROZEN' }));
    const { decided } = given(opened, empty).when(recallingSlices(freezeWallet), { by: 'operator' }, context);
    expect(decided).toMatchObject([{ type: 'WalletFrozen' }, { type: 'HoldsRecalled', data: { reason: 'frozen' } }]);
    given(opened, empty)
      .when(releaseSlice, { sliceId, lastCharged: 0 }, context)
      .then(HoldReleased({ walletId, holdId, tokens: 0n, lots: [], postings: [] }));
  });
});

describe('a slice is renewed', () => {
  const history = [opened, purchased(1000n), sliceHeld([{ lotId, tokens: 40n }])];
  const again = { ...asked, number: 2, expiresAt: now + 2 * hour };
  const extended = (tokens: bigint, held: bigint) =>
    HoldExtended({
      ...{ walletId, holdId, tokens, held, expiresAt: instantOf(now + 2 * hour), slice: slice(2) },
      lots: tokens === 0n ? [] : [{ lotId, tokens }],
      postings: tokens === 0n ? [] : [from(available, tokens), to(heldAccount, tokens)],
    });

  it('with tokens, or with time alone', () => {
    given(...history)
      .when(renewSlice, again, context)
      .then(extended(40n, 80n));
    given(...history)
      .when(renewSlice, { ...again, tokens: 0n }, context)
      .then(extended(0n, 40n));
  });

  it('after giving back what it has to spare', () => {
    const reduced = HoldReduced({
      ...{ walletId, holdId, tokens: 15n, held: 25n, lots: [{ lotId, tokens: 15n }] },
      postings: [from(heldAccount, 15n), to(available, 15n)],
    });
    const { decided } = given(...history).when(renewSlice, { ...again, tokens: 0n, spare: 15n }, context);
    expect(decided).toEqual([reduced, extended(0n, 25n)]);
    const after = given(...history, ...(decided as readonly WalletEvent[])).state;
    expect(after).toMatchObject({ available: 975n, held: 25n });
  });

  it('not after its hold is gone', () =>
    given(opened, purchased(1000n))
      .when(renewSlice, again, context)
      .then(
        HoldExtensionRefused({
          ...{ walletId, holdId, tokens: 40n, slice: { sliceId, partyId, number: 2 } },
          code: 'WALLET.HOLD_RESOLVED',
        }),
      ));
});

describe('a use of a slice', () => {
  const history = [opened, purchased(100n), sliceHeld([{ lotId, tokens: 40n }])];

  it('is paid out of the hold', () => {
    given(...history)
      .when(chargeWallet, chargeOf({ use: served(30n) }), context)
      .then(outOf(30n));
    expect(given(...history, outOf(30n)).state).toMatchObject({
      ...{ available: 60n, held: 10n },
      holds: [{ tokens: 10n, slice: { report: 1 } }],
    });
  });

  it.each([
    ['frozen', WalletFrozen({ walletId, status: 'frozen', by: 'operator' })],
    ['under a limit without room', SpendLimitsSet({ walletId, daily: 1n, alertsAt: [] })],
  ])('is paid out of the hold of a wallet that is %s', (_, event) =>
    given(...history, event)
      .when(chargeWallet, chargeOf({ use: served(40n) }), context)
      .then(outOf(40n)),
  );

  it('takes from the wallet what the hold lacks, or is refused as a whole', () => {
    const [event] = given(...history).when(chargeWallet, chargeOf({ use: served(50n) }), context).decided;
    const partly = { lots: [{ lotId, tokens: 50n }], held: [{ lotId, tokens: 40n }] };
    expect(event).toMatchObject({
      data: {
        tokens: 50n,
        uses: [partly],
        postings: [from(available, 10n), from(heldAccount, 40n), to('lane:0:escrow', 50n)],
      },
    });
    expect(given(...history, event as WalletEvent).state).toMatchObject({ available: 50n, held: 0n });
    const [none] = given(...history).when(chargeWallet, chargeOf({ use: served(101n) }), context).decided;
    expect(none).toMatchObject({ data: { tokens: 0n, uses: [], refused: [{ code: 'WALLET.INSUFFICIENT_TOKENS' }] } });
    expect(given(...history, none as WalletEvent).state).toMatchObject({
      held: 40n,
      holds: [{ slice: { report: 1 } }],
    });
  });

  it('is paid by a voucher for its share first, and by the hold for the rest', () => {
    const [event] = given(...history, voucher(10n, { shareBps: 5000 })).when(
      chargeWallet,
      chargeOf({ use: served(16n) }),
      context,
    ).decided;
    expect(event).toMatchObject({
      data: {
        uses: [
          {
            lots: [
              { lotId, tokens: 8n },
              { lotId: 'v', tokens: 8n },
            ],
            held: [{ lotId, tokens: 8n }],
          },
        ],
      },
    });
  });

  it('counts against the caps of a key that its hold does not know', () => {
    const key = `key_${'1'.repeat(26)}`;
    const capped = MemberSet({ walletId, memberId: key, daily: 5n });
    const by = { use: served(6n), actor: { line: [key] } };
    const [event] = given(...history, capped).when(chargeWallet, chargeOf(by), context).decided;
    expect(event).toMatchObject({ data: { refused: [{ limit: 'member-daily', slice: { sliceId, report: 1 } }] } });
  });

  it('is charged from what is available once the hold is gone', () => {
    const expired = context.time + hour;
    const [, event] = given(...history).when(chargeWallet, chargeOf({ use: served(50n) }), {
      ...context,
      time: expired,
    }).decided as readonly WalletEvent[];
    expect(event).toMatchObject({ data: { tokens: 50n, postings: [from(available, 50n), to('lane:0:escrow', 50n)] } });
  });

  it('leaves the hold alone where it is of no slice', () => {
    const [event] = given(...history).when(chargeWallet, charge(70n), context).decided;
    expect(event).toMatchObject({ data: { refused: [{ available: 60n }] } });
  });
});

describe('the hold of a slice', () => {
  const history = [opened, purchased(100n), sliceHeld([{ lotId, tokens: 40n }])];

  it('is released once its last report is charged', () => {
    expect(() => given(...history).when(releaseSlice, { sliceId, lastCharged: 2 }, context)).toThrow('not 2');
    given(...history, outOf(30n, 2))
      .when(releaseSlice, { sliceId, lastCharged: 2 }, context)
      .then(
        HoldReleased({
          ...{ walletId, holdId, tokens: 10n, lots: [{ lotId, tokens: 10n }] },
          postings: [from(heldAccount, 10n), to(available, 10n)],
        }),
      );
    given(opened)
      .when(releaseSlice, { sliceId, lastCharged: 2 }, context)
      .then(HoldReleaseRefused({ walletId, holdId, code: 'WALLET.HOLD_EXPIRED' }));
  });

  it('is no hold of callers', () =>
    given(...history)
      .when(releaseHold, { holdId, known: { status: 'open', expiresAt: now + hour } }, context)
      .then(HoldReleaseRefused({ walletId, holdId, code: 'NOT_FOUND' })));

  const recalled = (reason: 'frozen' | 'limit-lowered' | 'suspended') =>
    HoldsRecalled({ walletId, reason, slices: [{ sliceId, partyId }] });

  it('is called back when its wallet is frozen, or its limits are lowered', () => {
    expect(
      given(...history)
        .when(recallingSlices(freezeWallet), { by: 'operator' }, context)
        .decided.at(-1),
    ).toEqual(recalled('frozen'));
    const lowered = { daily: 40n, monthly: undefined, alertsAt: [] };
    expect(
      given(...history)
        .when(recallingSlices(setSpendLimits), lowered, context)
        .decided.at(-1),
    ).toEqual(recalled('limit-lowered'));
    const { decided } = given(...history).when(recallingSlices(setSpendLimits), { ...lowered, daily: 41n }, context);
    expect(decided).toHaveLength(1);
  });

  it("is called back when its member's cap is lowered, and by nothing else", () => {
    const member = MemberSet({ walletId, memberId: child });
    const ofMember = [opened, purchased(100n), member, sliceHeld([{ lotId, tokens: 40n }], { memberIds: [child] })];
    const lowered = { memberId: child, daily: 30n, monthly: undefined };
    expect(
      given(...ofMember)
        .when(recallingSlices(setMember), lowered as never, context)
        .decided.at(-1),
    ).toEqual(recalled('limit-lowered'));
    const suspended = MemberSuspended({ walletId, memberId: child, partyRevision: 3 });
    expect(given(...ofMember, suspended).when(recallingSlices(chargeWallet), charge(1n), context).decided).toEqual([
      charged(1n, [{ lotId, tokens: 1n }]),
    ]);
  });
});
