import { describe, expect, it } from '@jest/globals';
import { HoldCaptured, HoldRefused, SpendAlertRaised, SpendLimitsSet, TransferRefused } from '@tokengrid/contracts';
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
  purchased,
  purchaseId,
  to,
  today,
  transferId,
  walletId,
} from '../examples.fixture.ts';
import { openMarket } from '../state/market-policies.ts';
import { placeHold } from '../holds/place-hold.ts';
import { sendTokens } from '../transfers/send-tokens.ts';
import { setSpendLimits } from '../wallets/set-spend-limits.ts';
import { alertsOf } from '../state/alerts.ts';
import { spentBy } from '../state/spending.ts';
import { limitRefusal } from './limits.ts';
import { mustBeOpen } from '../state/wallet.ts';

const lot = (tokens: bigint) => ({ lotId: purchaseId, tokens });
const limited = (limits: { daily?: bigint; monthly?: bigint; alertsAt?: number[] }) =>
  SpendLimitsSet({ walletId, alertsAt: [], ...limits });

const charged = (tokens: bigint, day = today) => chargedFrom(tokens, [lot(tokens)], { on: { day, timeZone: 'UTC' } });

const exceeded = (limit: 'daily' | 'monthly', left: bigint, required: bigint) => ({
  ...({ code: 'WALLET.LIMIT_EXCEEDED', limit, available: left, required } as const),
});

describe('a limit', () => {
  it('lets be spent exactly what it says, and counts what was spent before it was set', () => {
    const history = [opened, purchased(100n), charged(30n), limited({ daily: 50n })] as const;
    const { decided } = given(...history).when(chargeWallet, charge(20n), context);
    expect(decided).toEqual([charged(20n)]);
    given(...history)
      .when(chargeWallet, charge(21n), context)
      .then(chargeRefused(21n, exceeded('daily', 20n, 21n)));
  });

  it('begins anew each day and each month', () => {
    const wallet = mustBeOpen(
      given(opened, purchased(100n), charged(40n), limited({ daily: 50n, monthly: 60n })).state,
    );
    expect(limitRefusal(wallet, 50n, today)).toMatchObject(exceeded('daily', 10n, 50n));
    expect(limitRefusal(wallet, 50n, '2026-01-02')).toMatchObject(exceeded('monthly', 20n, 50n));
    expect(limitRefusal(wallet, 50n, '2026-02-01')).toBeUndefined();
  });

  it('does not take January of another year for this one', () =>
    expect(spentBy({ day: '2025-01-01', onDay: 5n, inMonth: 9n }, today)).toEqual({
      day: today,
      onDay: 0n,
      inMonth: 0n,
    }));

  it('counts what is under open holds as if it were spent', () =>
    given(opened, purchased(100n), placed([lot(40n)]), limited({ daily: 50n }))
      .when(placeHold, { holdId, tokens: 11n, expiresInSeconds: 60, reason: 'a use' }, context)
      .then(HoldRefused({ walletId, holdId, tokens: 11n, ...exceeded('daily', 10n, 11n) })));

  it('comes before the funds, and after what the operator allows', () => {
    const transfer = { transferId, toWalletId: otherWalletId, tokens: 101n, receiverKnown: true, policy: openMarket };
    const asked = { walletId, transferId, toWalletId: otherWalletId, tokens: 101n };
    const history = [opened, purchased(100n), limited({ daily: 50n })] as const;
    given(...history)
      .when(sendTokens, transfer, context)
      .then(TransferRefused({ ...asked, ...exceeded('daily', 50n, 101n) }));
    const policy = { ...openMarket, sending: { allowed: false } };
    given(...history)
      .when(sendTokens, { ...transfer, policy }, context)
      .then(TransferRefused({ ...asked, code: 'WALLET.SENDING_OFF' }));
  });

  it('bounds what a capture takes beyond its hold; the rest is missing', () => {
    const { decided } = given(opened, purchased(100n), placed([lot(40n)]), limited({ daily: 50n })).when(
      captureHold,
      { holdId, captureId, tokens: 70n, final: false, known: { status: 'open', expiresAt: now + hour } },
      context,
    );
    expect(decided[0]).toEqual(
      HoldCaptured({
        ...{
          walletId,
          holdId,
          captureId,
          tokens: 50n,
          shortfall: 20n,
          final: false,
          held: 0n,
          day: today,
          timeZone: 'UTC',
        },
        lots: [lot(40n)],
        beyond: [lot(10n)],
        postings: [
          from(heldAccount, 40n),
          to('lane:0:redeemed', 40n),
          from(available, 10n),
          to('lane:0:redeemed', 10n),
        ],
      }),
    );
  });

  it('takes the place of earlier ones, its alerts in order and once', () =>
    given(opened, limited({ daily: 1n, monthly: 2n }))
      .when(setSpendLimits, { monthly: 9n, alertsAt: [100, 50, 50] }, context)
      .then(SpendLimitsSet({ walletId, monthly: 9n, alertsAt: [50, 100] })));
});

describe('an alert', () => {
  const alert = (window: 'day' | 'month', percent: number, spent: bigint, limit: bigint) =>
    SpendAlertRaised({ walletId, window, day: today, timeZone: 'UTC', percent, spent, limit });

  it('is stated after the event that reaches its threshold, to the µAIT', () => {
    const history = [opened, purchased(1000n), limited({ daily: 200n, monthly: 400n, alertsAt: [50, 100] })] as const;
    given(...history)
      .when(chargeWallet, charge(99n), context)
      .then(charged(99n));
    given(...history)
      .when(chargeWallet, charge(100n), context)
      .then(charged(100n), alert('day', 50, 100n, 200n));
    given(...history)
      .when(chargeWallet, charge(200n), context)
      .then(charged(200n), alert('day', 50, 200n, 200n), alert('day', 100, 200n, 200n), alert('month', 50, 200n, 400n));
  });

  it('is not stated again for the same day', () => {
    const wallet = mustBeOpen(
      given(
        opened,
        purchased(1000n),
        limited({ daily: 200n, alertsAt: [50] }),
        charged(100n),
        alert('day', 50, 100n, 200n),
      ).state,
    );
    expect(alertsOf(wallet, 50n, { day: today, timeZone: 'UTC' })).toEqual([]);
    expect(alertsOf(wallet, 100n, { day: '2026-01-02', timeZone: 'UTC' })).toHaveLength(1);
  });

  it('is stated at once where a limit is set below what is spent', () =>
    given(opened, purchased(1000n), charged(100n))
      .when(setSpendLimits, { daily: 100n, monthly: 125n, alertsAt: [50, 80, 100] }, context)
      .then(
        limited({ daily: 100n, monthly: 125n, alertsAt: [50, 80, 100] }),
        ...[50, 80, 100].map((percent) => alert('day', percent, 100n, 100n)),
        ...[50, 80].map((percent) => alert('month', percent, 100n, 125n)),
      ));

  it('is not stated again, however limits are lowered and raised', () => {
    const lower = limited({ daily: 100n, alertsAt: [50] });
    const told = [opened, purchased(1000n), charged(100n), lower, alert('day', 50, 100n, 100n)];
    given(...told)
      .when(setSpendLimits, { daily: 50n, alertsAt: [50] }, context)
      .then(limited({ daily: 50n, alertsAt: [50] }));
    given(...told, limited({ daily: 1000n, alertsAt: [50] }))
      .when(chargeWallet, charge(500n), context)
      .then(charged(500n));
  });
});
