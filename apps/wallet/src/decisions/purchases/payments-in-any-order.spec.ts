import { describe, expect, it } from '@jest/globals';
import type { PaymentNoticeKind, Posting, WalletEvent, WalletStreamEvent } from '@tokengrid/contracts';
import { CapacityReserved } from '@tokengrid/contracts';
import type { Decide, DecisionContext } from '@tokengrid/kernel';
import { fold } from '@tokengrid/kernel';
import fc from 'fast-check';
import { cancelPurchase } from './cancel-purchase.ts';
import { payingDebt } from '../rules/debt.ts';
import { context, grantId, now, opened, otherWalletId, price, purchaseId, walletId } from '../examples.fixture.ts';
import { expireTokens } from '../wallets/expire-tokens.ts';
import { NothingDue } from '../rules/due.ts';
import { grantTokens } from '../grants/grant-tokens.ts';
import { isTransferable, sumOf } from '../state/lots.ts';
import { openMarket } from '../state/market-policies.ts';
import { placeHold } from '../holds/place-hold.ts';
import { knownAfter, pendingOf } from './purchases.fixture.ts';
import { reversedOf, tokensFor } from '../state/purchase-money.ts';
import { releaseHold } from '../holds/release-hold.ts';
import { sendTokens } from '../transfers/send-tokens.ts';
import { settlePurchase } from './settle-purchase.ts';
import type { OpenedWallet, Wallet } from '../state/wallet.ts';
import { wallet } from '../state/wallet.ts';
import { type WalletLane, walletLane } from '../state/wallet-lane.ts';

const idOf = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, '0')}`;

/** A wallet and its lane, folded from all their events. */
class History {
  readonly events: WalletEvent[];
  readonly lane: WalletEvent[];
  private time = now;

  constructor(tokens: bigint, cost: bigint) {
    this.events = [opened, pendingOf(purchaseId, { tokens, price: { currency: 'CNY', amount: cost } })];
    this.lane = [CapacityReserved({ walletId, tokens })];
  }

  get state(): OpenedWallet {
    return fold(wallet, this.events as WalletStreamEvent[]) as OpenedWallet;
  }

  get system(): WalletLane {
    return fold(walletLane, this.lane as never);
  }

  passes(ms: number): void {
    this.time += ms;
  }

  do<Data>(decide: Decide<Wallet, Data, WalletEvent, WalletLane>, data: Data): readonly WalletEvent[] {
    const at: DecisionContext<WalletLane> = { ...context, time: this.time, system: this.system };
    const own: WalletEvent[] = [];
    for (const event of payingDebt(decide)(this.state, data, at)) {
      if ('systemEvent' in event) this.lane.push(event.systemEvent);
      else own.push(event);
    }
    this.events.push(...own);
    return own;
  }

  says(kind: PaymentNoticeKind, amount: bigint, number: number): readonly WalletEvent[] {
    const known = knownAfter(this.events, purchaseId);
    const paid = { currency: 'CNY', amount };
    return this.do(settlePurchase, { purchaseId, noticeId: `msg_${number}`, kind, paid, posted: price, known });
  }

  balance(account: string, asset = 'AIT'): bigint {
    const postings = this.events.flatMap(({ data }) => ('postings' in data ? (data.postings as Posting[]) : []));
    return postings
      .filter((posting) => posting.account === account && posting.asset === asset)
      .reduce((sum, { amount }) => sum + amount, 0n);
  }
}

type Step =
  | { readonly step: 'say'; readonly kind: PaymentNoticeKind; readonly share: number }
  | { readonly step: 'send' | 'grant' | 'hold'; readonly share: number }
  | { readonly step: 'release' | 'cancel' | 'expire' };

const share = fc.integer({ min: 1, max: 12 });
const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({
      step: fc.constant('say'),
      kind: fc.constantFrom<PaymentNoticeKind[]>('succeeded', 'failed', 'refunded', 'disputed', 'dispute_won'),
      share,
    }),
    fc.record({ step: fc.constantFrom<('send' | 'grant' | 'hold')[]>('send', 'grant', 'hold'), share }),
    fc.record({ step: fc.constantFrom<('release' | 'cancel' | 'expire')[]>('release', 'cancel', 'expire') }),
  ),
  { maxLength: 24 },
);

/** Some tenths of an amount, rounded up; may exceed the whole. */
const part = (whole: bigint, tenths: number) => (whole * BigInt(tenths) + 9n) / 10n;

function take(history: History, step: Step, number: number, tokens: bigint, cost: bigint): void {
  switch (step.step) {
    case 'say': {
      const isWhole = step.kind === 'succeeded' || step.kind === 'failed' ? step.share < 11 : step.share === 10;
      history.says(step.kind, isWhole ? cost : part(cost, step.share), number);
      return;
    }
    case 'send': {
      const what = { toWalletId: otherWalletId, tokens: part(tokens, step.share), receiverKnown: true };
      history.do(sendTokens, { transferId: idOf('trf', number), ...what, policy: openMarket });
      return;
    }
    case 'grant': {
      const grant = { tokens: part(tokens, step.share), source: 'promotion', expiresAt: undefined } as const;
      history.do(grantTokens, { grantId: idOf('grt', number), ...grant, transferable: step.share % 3 > 0 });
      return;
    }
    case 'hold': {
      const terms = { tokens: part(tokens, step.share), expiresInSeconds: 60, reason: 'a use' };
      history.do(placeHold, { holdId: idOf('hld', number), ...terms });
      return;
    }
    case 'release': {
      const [hold] = history.state.holds;
      const known = { status: 'open', expiresAt: Infinity } as const;
      if (hold) history.do(releaseHold, { holdId: hold.holdId, known });
      return;
    }
    case 'cancel':
      history.do(cancelPurchase, { purchaseId });
      return;
    case 'expire':
      history.passes(450_000);
      try {
        history.do(expireTokens, {});
      } catch (error) {
        if (!(error instanceof NothingDue)) throw error;
      }
  }
}

/** Invariants after every step. */
function check(history: History, cost: bigint): void {
  const { state, system } = history;
  const { purchase } = knownAfter(history.events, purchaseId);
  const isPaid = purchase.status === 'completed';
  expect(state.debt).toBeGreaterThanOrEqual(0n);
  expect(state.available).toBe(sumOf(state.lots));
  expect(state.debt > 0n && state.lots.some(isTransferable)).toBe(false);
  // Balances match the state: available, debt, and the lanes' counterpart of all debts.
  expect(history.balance(`wallet:${walletId}:available`)).toBe(state.available);
  expect(history.balance(`wallet:${walletId}:debt`)).toBe(-state.debt);
  expect(history.balance('lane:0:debts')).toBe(state.debt);
  // Capacity is used by outstanding and reserved tokens, and freed by returned ones only.
  const used = system.issuance.limit === 'none' ? system.issuance.used : 0n;
  expect(used - system.reserved).toBe(-history.balance('lane:0:issuance'));
  expect(system.reserved).toBe(sumOf(state.pending));
  // Tokens credited, less those reversed or owed, are those that the remaining money pays for.
  const gone = isPaid ? reversedOf(purchase, cost) : 0n;
  const reversed = history.events.reduce((sum, { type, data }) => {
    if (type === 'PurchaseReversed') return sum + data.tokens;
    return type === 'PurchaseRestored' ? sum - data.tokens : sum;
  }, 0n);
  expect(history.balance('lane:0:payments', 'CNY')).toBe(isPaid ? cost - gone : 0n);
  expect(reversed).toBe(isPaid ? tokensFor(gone, purchase) : 0n);
  expect(purchase.credited - reversed).toBe(isPaid ? (purchase.credited * (cost - gone)) / cost : 0n);
}

const amounts = fc.record({ tokens: fc.bigInt(1n, 3000n), cost: fc.bigInt(1n, 40n) });

describe('payments, in whatever order they are told of', () => {
  it('credit what the money that stayed pays for, after every notice, with whatever is done in between', () =>
    fc.assert(
      fc.property(amounts, steps, ({ tokens, cost }, taken) => {
        const history = new History(tokens, cost);
        for (const [number, step] of taken.entries()) {
          take(history, step, number, tokens, cost);
          check(history, cost);
        }
      }),
      { numRuns: 300 },
    ));

  it('come to the same in every order', () =>
    fc.assert(
      fc.property(
        amounts,
        fc
          .array(fc.tuple(fc.constantFrom<PaymentNoticeKind[]>('refunded', 'disputed', 'dispute_won'), share), {
            maxLength: 6,
          })
          .chain((notices) => {
            const all = [['succeeded', 10] as [PaymentNoticeKind, number], ...notices];
            return fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }));
          }),
        ({ tokens, cost }, orders) => {
          const [one, other] = orders.map((notices) => {
            const history = new History(tokens, cost);
            for (const [number, [kind, tenths]] of notices.entries()) {
              history.says(kind, tenths === 10 ? cost : part(cost, tenths), number);
            }
            const { available, debt } = history.state;
            return { available, debt, money: history.balance('lane:0:payments', 'CNY') };
          });
          expect(one).toEqual(other);
        },
      ),
      { numRuns: 300 },
    ));

  it('pay a debt with what comes back from a hold, too', () => {
    const history = new History(100n, 10n);
    history.says('succeeded', 10n, 1);
    history.do(placeHold, { holdId: idOf('hld', 1), tokens: 60n, expiresInSeconds: 60, reason: 'a use' });
    history.says('disputed', 10n, 2);
    expect(history.state).toMatchObject({ available: 0n, held: 60n, debt: 60n });
    const known = { status: 'open', expiresAt: Infinity } as const;
    const released = history.do(releaseHold, { holdId: idOf('hld', 1), known });
    expect(released.map(({ type }) => type)).toEqual(['HoldReleased', 'DebtPaid']);
    expect(history.state).toMatchObject({ available: 0n, held: 0n, debt: 0n });
  });

  it('leave what cannot be sent where it is, in debt', () => {
    const history = new History(100n, 10n);
    history.says('succeeded', 10n, 1);
    history.do(sendTokens, {
      ...{ transferId: idOf('trf', 1), toWalletId: otherWalletId, tokens: 100n, receiverKnown: true },
      policy: openMarket,
    });
    const grant = { grantId, source: 'promotion', expiresAt: undefined, tokens: 7n } as const;
    history.do(grantTokens, { ...grant, transferable: false });
    history.says('refunded', 10n, 2);
    expect(history.state).toMatchObject({ available: 7n, debt: 100n });
    const hold = { holdId: idOf('hld', 1), tokens: 1n, expiresInSeconds: 60, reason: 'a use' };
    expect(history.do(placeHold, hold)).toMatchObject([{ type: 'HoldRefused', data: { code: 'WALLET.IN_DEBT' } }]);
  });
});
