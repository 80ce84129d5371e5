import { describe, expect, it } from '@jest/globals';
import { MemberSet, SpendAlertRaised, SpendLimitsSet } from '@tokengrid/contracts';
import { chargeWallet } from './charge-wallet.ts';
import {
  charge,
  charged,
  chargeOf,
  chargeRefused,
  context,
  given,
  granted,
  grantId,
  opened,
  purchased,
  purchaseId,
  sentOn,
  use,
  usesCharged,
  walletId,
} from '../examples.fixture.ts';
import { WalletNotOpen } from '../state/wallet.ts';

describe('charge wallet', () => {
  it('takes all a use costs into escrow, what cannot be sent included', () =>
    given(opened, purchased(100n), granted(50n, { transferable: false }))
      .when(chargeWallet, charge(150n), context)
      .then(
        charged(150n, [
          { lotId: grantId, tokens: 50n },
          { lotId: purchaseId, tokens: 100n },
        ]),
      ));

  it('takes nothing where one µAIT is missing, and says what there was', () =>
    given(opened, purchased(100n))
      .when(chargeWallet, charge(101n), context)
      .then(chargeRefused(101n, { code: 'WALLET.INSUFFICIENT_TOKENS', available: 100n, required: 101n })));

  it('waits for the wallet to be opened', () =>
    expect(() => given().when(chargeWallet, charge(1n), context)).toThrow(WalletNotOpen));
});

describe('charge wallet with the uses of one event', () => {
  const numbered = (number: number) => ({
    usageId: `usg_${String(number).padStart(26, '0')}`,
    chargeId: `chg_${String(number).padStart(26, '0')}`,
    eventId: String(number),
  });
  const useOf = (number: number, tokens: bigint) => use(tokens, numbered(number));
  const refused = (number: number, tokens: bigint, available: bigint) => {
    const why = { code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens } as const;
    return { ...useOf(number, tokens), ...why };
  };
  const [large, small] = [purchased(60n, 'large'), granted(50n, { transferable: false })];

  it('charges or refuses each by itself: a use that is refused does not stop the next', () =>
    given(opened, large, small)
      .when(
        chargeWallet,
        chargeOf(...[40n, 80n, 30n, 41n, 40n].map((tokens, number) => ({ use: useOf(number, tokens) }))),
        context,
      )
      .then(
        usesCharged(
          [
            { ...useOf(0, 40n), lots: [{ lotId: grantId, tokens: 40n }] },
            {
              ...useOf(2, 30n),
              lots: [
                { lotId: grantId, tokens: 10n },
                { lotId: 'large', tokens: 20n },
              ],
            },
            { ...useOf(4, 40n), lots: [{ lotId: 'large', tokens: 40n }] },
          ],
          [refused(1, 80n, 70n), refused(3, 41n, 40n)],
        ),
      ));

  it('posts nothing where all are refused', () =>
    given(opened)
      .when(chargeWallet, chargeOf({ use: useOf(0, 1n) }, { use: useOf(1, 2n) }), context)
      .then(usesCharged([], [refused(0, 1n, 0n), refused(1, 2n, 0n)])));

  it('counts each against the caps of the key that made it', () => {
    const [first, second] = ['key_first', 'key_second'];
    const cap = (memberId: string, daily: bigint) => MemberSet({ walletId, memberId, daily });
    const uses = [first, second, first, second].map((key, number) => ({
      use: { ...useOf(number, 6n), key: `key_${'1'.repeat(26)}` },
      actor: { line: [key] },
    }));
    const [event] = given(opened, large, cap(first, 11n), cap(second, 12n)).when(
      chargeWallet,
      chargeOf(...uses),
      context,
    ).decided;
    expect(event).toMatchObject({
      data: {
        tokens: 18n,
        uses: [{ memberIds: [first] }, { memberIds: [second] }, { memberIds: [second] }],
        refused: [{ ...numbered(2), eventId: undefined, limit: 'member-daily', available: 5n, required: 6n }].map(
          ({ eventId: _, ...each }) => each,
        ),
      },
    });
  });

  it('raises an alert once, with what was spent when it was reached', () => {
    const limited = SpendLimitsSet({ walletId, daily: 100n, alertsAt: [10, 20, 50] });
    const alert = (percent: number, spent: bigint) =>
      SpendAlertRaised({ walletId, window: 'day', ...sentOn, percent, spent, limit: 100n });
    const { decided } = given(opened, large, limited).when(
      chargeWallet,
      chargeOf(...[15n, 3n, 6n, 1n].map((tokens, number) => ({ use: useOf(number, tokens) }))),
      context,
    );
    expect(decided.slice(1)).toEqual([alert(10, 15n), alert(20, 24n)]);
  });
});
