import { describe, expect, it } from '@jest/globals';
import {
  ExhaustionPolicySet,
  instantOf,
  MemberRemoved,
  MemberSet,
  MemberSuspended,
  PurchaseReversed,
  SpendLimitsSet,
  VoucherIssued,
  type WalletEvent,
  type WalletStreamEvent,
} from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { fold } from '@tokengrid/kernel';
import fc from 'fast-check';
import type { Actor } from '../rules/actors.ts';
import type { Decided } from '../rules/decided.ts';
import { openMarket } from '../state/market-policies.ts';
import { afterEvent, mustBeOpen, wallet } from '../state/wallet.ts';
import { afterLane, type WalletLane } from '../state/wallet-lane.ts';
import {
  chargeOf,
  context,
  given,
  granted,
  hour,
  limitedTo,
  now,
  opened,
  placed,
  price,
  purchased,
  sentOn,
  use,
  usesCharged,
  walletId,
} from '../examples.fixture.ts';
import type { UseToCharge } from '../rules/uses-due.ts';
import { chargeWallet } from './charge-wallet.ts';

const child = 'sub_child';
const keys = ['key_first', 'key_second'] as const;

const amount = (most: bigint) => fc.bigInt(0n, most);
const some = (most: bigint) => fc.bigInt(1n, most);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** A lot of any kind; some are due at once. */
const lot = fc.record({
  kind: fc.constantFrom('bought', 'granted', 'voucher'),
  tokens: some(200n),
  ends: fc.constantFrom(now - hour, now, now + 1, now + hour),
  transferable: fc.boolean(),
  shareBps: fc.constantFrom(1, 3333, 5000, 10_000),
  capPerUse: maybe(some(30n)),
  apps: maybe(fc.constant('translate')),
  models: maybe(fc.constant('some-model')),
});

type SomeLot = typeof lot extends fc.Arbitrary<infer T> ? T : never;

function comesIn({ kind, tokens, ends, transferable, ...terms }: SomeLot, index: number): WalletEvent {
  const lotId = `lot_${index}`;
  if (kind === 'bought') return purchased(tokens, lotId);
  if (kind === 'granted') return granted(tokens, { lotId, transferable, expiresAt: ends });
  const { apps, models, capPerUse, shareBps } = terms;
  const scope = {
    ...(apps && { apps: [apps] }),
    ...(models && { models: [models] }),
    ...(capPerUse !== undefined && { capPerUse }),
  };
  return VoucherIssued({
    ...{ walletId, voucherId: `vch_${String(index).padStart(26, '0')}`, tokens },
    lot: {
      ...{ lotId, source: 'voucher', tokens, priority: 10, expiresAt: instantOf(ends), transferable: false },
      voucher: { funder: 'operator', shareBps, ...scope },
    },
    postings: [
      { account: 'lane:0:issuance', asset: 'AIT', amount: -tokens },
      { account: `wallet:${walletId}:available`, asset: 'AIT', amount: tokens },
    ],
  });
}

const caps = fc.record({ daily: maybe(amount(150n)), monthly: maybe(amount(200n)) });
const known = ({ daily, monthly }: { daily?: bigint | undefined; monthly?: bigint | undefined }) => ({
  ...(daily !== undefined && { daily }),
  ...(monthly !== undefined && { monthly }),
});

const held = placed([{ lotId: 'held', tokens: 9n }], { memberIds: [child] });

const history = fc
  .record({
    lots: fc.array(lot, { maxLength: 40 }),
    limits: maybe(caps),
    alertsAt: fc.subarray([10, 50, 80, 100]),
    members: fc.record({ child: maybe(caps), first: maybe(caps), second: maybe(caps) }),
    isHeld: fc.boolean(),
    standing: fc.constantFrom('good', 'good', 'suspended', 'removed'),
    exhaustion: maybe(fc.option(amount(3n))),
    isInDebt: fc.nat({ max: 9 }).map((rolled) => rolled === 0),
  })
  .map(({ lots, limits, alertsAt, members, isHeld, standing, exhaustion, isInDebt }): readonly WalletStreamEvent[] => {
    const member = (memberId: string, its: typeof limits) =>
      its === undefined ? [] : [MemberSet({ walletId, memberId, ...known(its) })];
    const isThere = members.child !== undefined;
    // A debt and tokens that could pay it are never together.
    const kept = isInDebt ? lots.map((each) => ({ ...each, kind: 'voucher' as const })) : lots;
    return [
      opened,
      ...kept.map(comesIn),
      ...member(child, members.child),
      ...member(keys[0], members.first),
      ...member(keys[1], members.second),
      ...(isHeld && !isInDebt ? [purchased(9n, 'held'), held] : []),
      ...(isThere && standing === 'suspended'
        ? [MemberSuspended({ walletId, memberId: child, partyRevision: 2 })]
        : []),
      ...(isThere && standing === 'removed' ? [MemberRemoved({ walletId, memberId: child })] : []),
      ...(limits ? [SpendLimitsSet({ walletId, ...known(limits), alertsAt })] : []),
      ...(exhaustion === undefined ? [] : [ExhaustionPolicySet({ walletId, action: 'bill', monthlyCap: exhaustion })]),
      ...(isInDebt
        ? [
            PurchaseReversed({
              ...{ walletId, purchaseId: `pur_${'1'.repeat(26)}`, kind: 'refund', tokens: 1n, debt: 1n },
              ...{ price: { currency: 'CNY', amount: 1n }, lots: [], postings: [] },
            }),
          ]
        : []),
    ] as WalletStreamEvent[];
  });

/** Uses of one payer: of the owner's or a member's, with several keys. */
const uses = fc
  .record({
    isMembers: fc.boolean(),
    each: fc.array(
      fc.record({
        tokens: some(120n),
        app: maybe(fc.constantFrom('translate', 'summarize')),
        model: fc.constantFrom('some-model', 'other-model'),
        line: fc.subarray([...keys]),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ isMembers, each }) =>
    each.map(({ tokens, app, model, line }, index): UseToCharge => {
      const ids = {
        usageId: `usg_${String(index).padStart(26, '0')}`,
        chargeId: `chg_${String(index).padStart(26, '0')}`,
      };
      const actor: Actor | undefined = isMembers ? { line, memberId: child } : { line };
      return { use: use(tokens, { ...ids, ...(app && { app }), model }), actor };
    }),
  );

const terms = { market: { posted: price, policy: { ...openMarket, billMonthlyLimit: 3n } }, capacityLeft: 0n };
const contexts = fc.constantFrom(context, limitedTo(7_000n), limitedTo(40n));

interface Came {
  readonly state: ReturnType<typeof mustBeOpen>;
  readonly system: WalletLane;
  readonly decided: Decided<'chargeWallet'>;
}

/** A command after what came before it. */
function next({ state, system, decided }: Came, asked: readonly UseToCharge[], at: DecisionContext<WalletLane>): Came {
  const now = chargeWallet(state, { ...chargeOf(...asked), ...terms }, { ...at, system });
  const own = now.filter((event) => 'type' in event) as WalletStreamEvent[];
  return { state: own.reduce(afterEvent, state), system: afterLane(system, now), decided: [...decided, ...now] };
}

const named = (decided: Came['decided'], type: WalletEvent['type']) =>
  decided.filter((event) => 'type' in event && event.type === type);
const charges = (decided: Came['decided']) =>
  decided.flatMap((event) => ('type' in event && event.type === 'WalletCharged' ? [event.data] : []));

describe('the uses of one event', () => {
  it('come to what they come to as commands of one use each: balances, refusals, purchases, alerts', () =>
    fc.assert(
      fc.property(history, uses, contexts, (before, asked, at) => {
        const start = { state: mustBeOpen(fold(wallet, before)), system: at.system, decided: [] };
        const together = next(start, asked, at);
        const apart = asked.reduce<Came>((came, each) => next(came, [each], at), start);
        expect(together.state).toStrictEqual(apart.state);
        expect(together.system).toStrictEqual(apart.system);
        for (const type of ['TokensPurchased', 'SpendAlertRaised', 'TokensExpired'] as const) {
          expect(named(together.decided, type)).toStrictEqual(named(apart.decided, type));
        }
        const [charge, ...more] = charges(together.decided);
        expect(more).toEqual([]);
        expect(charge!.uses).toStrictEqual(charges(apart.decided).flatMap((each) => each.uses));
        expect(charge!.refused).toStrictEqual(charges(apart.decided).flatMap((each) => each.refused));
      }),
      { numRuns: 500 },
    ));

  it('fold as one event into what they fold into as one event each', () =>
    fc.assert(
      fc.property(history, uses, contexts, (before, asked, at) => {
        const { decided } = next(
          { state: mustBeOpen(fold(wallet, before)), system: at.system, decided: [] },
          asked,
          at,
        );
        const whole = decided.filter((event) => 'type' in event) as WalletEvent[];
        const apart = whole.flatMap((event): WalletEvent[] => {
          if (event.type !== 'WalletCharged') return [event];
          const { uses: taken, refused } = event.data;
          return [...taken.map((each) => usesCharged([each], [], sentOn)), usesCharged([], refused, sentOn)];
        });
        expect(given(...before, ...whole).state).toStrictEqual(given(...before, ...apart).state);
      }),
      { numRuns: 300 },
    ));
});
