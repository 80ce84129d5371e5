import { describe, expect, it } from '@jest/globals';
import {
  CapacityFreed,
  CapacityUsed,
  derivedId,
  type Lot,
  PlanAssigned,
  PlanEnded,
  PlanRefused,
  PlanRenewalRefused,
  PlanReset,
  TokensExpired,
  TokensGranted,
  type WalletEvent,
} from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { fold, onSystemStream } from '@tokengrid/kernel';
import { assignPlan } from './assign-plan.ts';
import { chargeWallet } from '../usage/charge-wallet.ts';
import { endPlan } from './end-plan.ts';
import {
  available,
  charge,
  charged as chargedOn,
  chargeRefused,
  context,
  from,
  given,
  limitedTo,
  opened,
  purchased,
  to,
  walletId,
} from '../examples.fixture.ts';
import { expireTokens } from '../wallets/expire-tokens.ts';
import { NothingDue } from '../rules/due.ts';
import { renewalRetryMs, renewPlan } from './renew-plan.ts';
import { wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

const planId = `pln_${'1'.repeat(26)}`;
const terms = { tokens: 500n, rolloverCap: 200n, transferable: false };
const february = Date.UTC(2026, 1, 1);
const march = Date.UTC(2026, 2, 1);
const at = (time: number, of: DecisionContext<WalletLane> = context) => ({ ...of, time });

const lotOf = (lotId: string, tokens: bigint, end: string, transferable = false): Lot => ({
  ...{ lotId: `${planId}.${lotId}`, source: 'plan', tokens, priority: 10 },
  ...{ expiresAt: `2026-${end}-01T00:00:00.000Z`, transferable },
});
const assigned = (over: object = {}) =>
  PlanAssigned({ walletId, planId, ...terms, resetsAt: '2026-02-01T00:00:00.000Z', timeZone: 'UTC', ...over });
const allotted = (month: string, end: string, tokens = 500n) =>
  TokensGranted({
    ...{
      walletId,
      grantId: derivedId('grt', `${planId}.${month}`),
      planId,
      month,
      timeZone: 'UTC',
      tokens,
      lot: lotOf(month, tokens, end),
    },
    postings: [from('lane:0:issuance', tokens), to(available, tokens)],
  });
const used = (tokens = 500n) => onSystemStream(CapacityUsed({ walletId, tokens }));
const freed = (tokens: bigint) => onSystemStream(CapacityFreed({ walletId, tokens, returned: false }));
const reset = (
  unused: readonly (readonly [string, bigint])[],
  kept: bigint,
  expired: bigint,
  [month, end]: readonly [string, string],
  due: string,
) =>
  PlanReset({
    ...{ walletId, planId, expired, resetsAt: `2026-${end}-01T00:00:00.000Z`, timeZone: 'UTC' },
    lots: unused.map(([lot, tokens]) => ({
      lotId: `${planId}.${lot}`,
      tokens,
      expiresAt: `2026-${due}-01T00:00:00.000Z`,
    })),
    rolledOver: kept === 0n ? null : lotOf(`2026-${month}.rolled`, kept, end),
    postings: expired === 0n ? [] : [from(available, expired), to('lane:0:expired', expired)],
  });
const charged = (tokens: bigint, lots: readonly (readonly [string, bigint])[]) =>
  chargedOn(
    tokens,
    lots.map(([lot, taken]) => ({ lotId: `${planId}.${lot}`, tokens: taken })),
    { on: { day: '2026-01-31', timeZone: 'UTC' } },
  );
const inJanuary = [opened, assigned(), allotted('2026-01', '02')];

describe('assign plan', () => {
  const assign = { planId, ...terms };

  it('gives the first allotment at once and whole, on the last day of a month, too', () => {
    given(opened).when(assignPlan, assign, limitedTo(500n)).then(assigned(), allotted('2026-01', '02'), used());
    given(opened)
      .when(assignPlan, assign, at(february - 1))
      .then(assigned(), allotted('2026-01', '02'), used());
  });

  it('is refused where the capacity does not cover the first allotment', () =>
    given(opened)
      .when(assignPlan, { ...assign, capacityLeft: 3n }, limitedTo(496n))
      .then(PlanRefused({ walletId, code: 'WALLET.ISSUANCE_EXHAUSTED', available: 499n, required: 500n })));

  it('changes the terms of the plan that is there from the next month on, and gives nothing twice', () => {
    const other = { planId: `pln_${'2'.repeat(26)}`, tokens: 70n, rolloverCap: 0n, transferable: true };
    const changed = assigned({ tokens: 70n, rolloverCap: 0n, transferable: true });
    given(...inJanuary)
      .when(assignPlan, other, limitedTo(0n))
      .then(changed);
    const granted = TokensGranted({
      ...{
        walletId,
        grantId: derivedId('grt', `${planId}.2026-02`),
        planId,
        month: '2026-02',
        timeZone: 'UTC',
        tokens: 70n,
      },
      lot: lotOf('2026-02', 70n, '03', true),
      postings: [from('lane:0:issuance', 70n), to(available, 70n)],
    });
    given(...inJanuary, changed)
      .when(renewPlan, {}, at(february))
      .then(reset([['2026-01', 500n]], 0n, 500n, ['02', '03'], '02'), freed(500n), granted, used(70n));
  });

  const ended = PlanEnded({ walletId, planId });
  const anotherId = `pln_${'2'.repeat(26)}`;

  it('gives a plan that follows another one in a month what it gives more, and nothing twice', () => {
    given(...inJanuary, ended)
      .when(assignPlan, { ...assign, planId: anotherId }, limitedTo(0n))
      .then(assigned({ planId: anotherId }));
    const lot = { ...lotOf('2026-01', 30n, '02'), lotId: `${anotherId}.2026-01` };
    const more = TokensGranted({
      ...{ walletId, grantId: derivedId('grt', lot.lotId), planId: anotherId, month: '2026-01', timeZone: 'UTC' },
      ...{ tokens: 30n, lot, postings: [from('lane:0:issuance', 30n), to(available, 30n)] },
    });
    const second = assigned({ planId: anotherId, tokens: 530n });
    given(...inJanuary, ended)
      .when(assignPlan, { ...assign, planId: anotherId, tokens: 530n }, limitedTo(30n))
      .then(second, more, used(30n));
    given(...inJanuary, ended, second, more, PlanEnded({ walletId, planId: anotherId }))
      .when(assignPlan, { ...assign, tokens: 530n }, context)
      .then(assigned({ tokens: 530n }));
  });

  it('gives it whole in the next month', () => {
    const { decided } = given(...inJanuary, ended).when(assignPlan, { ...assign, planId: anotherId }, at(february));
    expect(decided).toContainEqual(
      expect.objectContaining({ type: 'TokensGranted', data: expect.objectContaining({ tokens: 500n }) }),
    );
  });

  it('keeps an allotment due that was due', () => {
    const [over] = given(...inJanuary).when(expireTokens, {}, at(february)).decided;
    const history = [...inJanuary, over as WalletEvent, assigned({ resetsAt: '2026-03-01T00:00:00.000Z' })];
    given(...history)
      .when(renewPlan, {}, at(february + 1))
      .then(allotted('2026-02', '03'), used());
  });
});

describe('a plan’s month', () => {
  it('does not end a millisecond early', () =>
    expect(() => given(...inJanuary).when(expireTokens, {}, at(february - 1))).toThrow(NothingDue));

  it.each([
    ['rolls nothing over where nothing is left', 500n, 0n, 0n],
    ['rolls over what is left below the cap', 301n, 199n, 0n],
    ['rolls over the cap itself', 300n, 200n, 0n],
    ['lets expire what is above the cap', 299n, 200n, 1n],
    ['lets expire all but the cap', 0n, 200n, 300n],
  ])('%s', (_, spent, kept, expired) => {
    const spending = spent === 0n ? [] : [charged(spent, [['2026-01', spent]])];
    const left = 500n - spent;
    given(...inJanuary, ...spending)
      .when(expireTokens, {}, at(february))
      .then(
        reset(left === 0n ? [] : [['2026-01', left]], kept, expired, ['02', '03'], '02'),
        ...(expired === 0n ? [] : [freed(expired)]),
      );
  });

  it('ends before anything else is decided; only what is left then can be spent', () =>
    given(...inJanuary, purchased(10n))
      .when(chargeWallet, charge(211n), at(february))
      .then(
        reset([['2026-01', 500n]], 200n, 300n, ['02', '03'], '02'),
        freed(300n),
        chargeRefused(
          211n,
          { code: 'WALLET.INSUFFICIENT_TOKENS', available: 210n, required: 211n },
          { day: '2026-02-01', timeZone: 'UTC' },
        ),
      ));

  it('rolls over what had rolled over, as far as the cap goes', () => {
    const history = [
      ...inJanuary,
      reset([['2026-01', 500n]], 200n, 300n, ['02', '03'], '02'),
      allotted('2026-02', '03'),
      charged(600n, [
        ['2026-02.rolled', 200n],
        ['2026-02', 400n],
      ]),
    ];
    given(...history)
      .when(expireTokens, {}, at(march))
      .then(reset([['2026-02', 100n]], 100n, 0n, ['03', '04'], '03'));
    given(...history.slice(0, -1))
      .when(expireTokens, {}, at(march))
      .then(
        reset(
          [
            ['2026-02.rolled', 200n],
            ['2026-02', 500n],
          ],
          200n,
          500n,
          ['03', '04'],
          '03',
        ),
        freed(500n),
      );
  });

  it('ends once after a downtime of months, into the month that it is', () =>
    given(...inJanuary)
      .when(expireTokens, {}, at(march + 5))
      .then(reset([['2026-01', 500n]], 200n, 300n, ['03', '04'], '02'), freed(300n)));

  it('leaves what others granted as it is', () => {
    const state = fold(wallet, [
      ...inJanuary,
      purchased(10n),
      reset([['2026-01', 500n]], 200n, 300n, ['02', '03'], '02'),
    ]);
    expect(state).toMatchObject({ available: 210n, lots: [{ tokens: 200n }, { tokens: 10n }] });
  });
});

describe('renew plan', () => {
  const over = reset([['2026-01', 500n]], 200n, 300n, ['02', '03'], '02');

  it('grants the new month’s allotment once the old month is over', () => {
    given(...inJanuary)
      .when(renewPlan, {}, at(february))
      .then(over, freed(300n), allotted('2026-02', '03'), used());
    given(...inJanuary, over)
      .when(renewPlan, {}, at(february + 9))
      .then(allotted('2026-02', '03'), used());
  });

  it('grants it once', () =>
    expect(() => given(...inJanuary, over, allotted('2026-02', '03')).when(renewPlan, {}, at(february + 9))).toThrow(
      NothingDue,
    ));

  it('does not grant what is not due, nor to whom has no plan', () => {
    expect(() => given(...inJanuary).when(renewPlan, {}, at(february - 1))).toThrow(NothingDue);
    expect(() => given(opened).when(renewPlan, {}, context)).toThrow(NothingDue);
  });

  const limited = (time: number, room: bigint) => at(time, limitedTo(room));
  const refused = PlanRenewalRefused({
    ...{ walletId, planId, retryAt: '2026-02-01T01:00:00.000Z', code: 'WALLET.ISSUANCE_EXHAUSTED' },
    ...{ available: 499n, required: 500n },
  });

  it('is refused where the capacity does not cover it, and tried again an hour later', () => {
    const retry = february + renewalRetryMs;
    given(...inJanuary, over)
      .when(renewPlan, { capacityLeft: 0n }, limited(february, 499n))
      .then(refused);
    const waiting = [...inJanuary, over, refused];
    expect(() => given(...waiting).when(renewPlan, {}, limited(retry - 1, 500n))).toThrow(NothingDue);
    given(...waiting)
      .when(renewPlan, {}, limited(retry, 500n))
      .then(allotted('2026-02', '03'), used());
  });
});

describe('end plan', () => {
  const ended = PlanEnded({ walletId, planId });

  it('leaves this month’s tokens until the month ends, and rolls nothing over', () => {
    given(...inJanuary)
      .when(endPlan, {}, context)
      .then(ended);
    given(...inJanuary, ended)
      .when(expireTokens, {}, at(february))
      .then(
        TokensExpired({
          ...{ walletId, tokens: 500n },
          lots: [{ lotId: `${planId}.2026-01`, tokens: 500n, expiresAt: '2026-02-01T00:00:00.000Z' }],
          postings: [from(available, 500n), to('lane:0:expired', 500n)],
        }),
        freed(500n),
      );
  });

  it('is refused where there is none', () =>
    given(...inJanuary, ended)
      .when(endPlan, {}, context)
      .then(PlanRefused({ walletId, code: 'NOT_FOUND' })));
});
