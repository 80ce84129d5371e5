import { describe, expect, it } from '@jest/globals';
import { TokensSent, type WalletStreamEvent } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';
import type { DomainEvent, EventPosition } from '@tokengrid/kernel';
import {
  context,
  given,
  granted,
  hour,
  now,
  opened,
  otherWalletId,
  transferId,
  walletId,
} from '../decisions/examples.fixture.ts';
import { completed, cost, pending, settle, tokens } from '../decisions/purchases/purchases.fixture.ts';
import { payingDebt } from '../decisions/rules/debt.ts';
import { expiringTokens } from './expiring-tokens.projection.ts';

const collectors = expiringTokens.on as unknown as Projection<DomainEvent, unknown>['on'];

/** Rows of the table after a history: µAIT by expiry. */
async function shownAfter(history: readonly DomainEvent[]): Promise<ReadonlyMap<number, bigint>> {
  const batch = expiringTokens.begin();
  for (const event of history) {
    const collect = collectors[event.type];
    if (typeof collect === 'function') collect(batch, { ...event, ...({} as EventPosition) });
  }
  const shown = new Map<number, bigint>();
  const query = (_: string, columns: readonly unknown[] = []) => {
    const [, , times, changes] = columns as [unknown, unknown, number[], string[]];
    times.forEach((time, index) => shown.set(time, (shown.get(time) ?? 0n) + BigInt(changes[index]!)));
    return Promise.resolve();
  };
  await expiringTokens.flush({ query }, batch, 0);
  return new Map([...shown].filter(([, left]) => left !== 0n));
}

/** Lots of the wallet in the same form. */
function heldAfter(history: readonly WalletStreamEvent[]): ReadonlyMap<number, bigint> {
  const { state } = given(opened, ...history);
  const held = new Map<number, bigint>();
  for (const lot of state.opened ? state.lots : [])
    if (lot.expiresAt !== null) held.set(lot.expiresAt, (held.get(lot.expiresAt) ?? 0n) + lot.tokens);
  return held;
}

const own = (decided: readonly object[]) => decided.filter((event) => 'type' in event) as WalletStreamEvent[];

describe('tokens that expire', () => {
  const soon = now + hour;
  const sent = TokensSent({
    ...{ walletId, transferId, toWalletId: otherWalletId, tokens, day: '2026-01-01', timeZone: 'UTC' },
    lots: [{ lotId: pending.data.purchaseId, tokens }],
    parcels: [{ tokens, expiresAt: null }],
    postings: [],
  });
  /**
   * A history in which the purchase's tokens are spent, and an expiring grant can be taken back.
   */
  const spent = [pending, completed, sent, granted(30n, { expiresAt: soon })];
  const refunded = [...spent, ...own(settle(spent, { kind: 'refunded', paid: cost }).decided)];
  const incoming = granted(60n, { expiresAt: soon, lotId: 'grt_2' });
  const paying = [
    ...refunded,
    ...own(
      given(opened, ...refunded).when(
        payingDebt(() => [incoming]),
        {},
        context,
      ).decided,
    ),
  ];

  it.each([
    ['a grant', spent, 'TokensGranted', 30n],
    ['a reversal that took them back', refunded, 'PurchaseReversed', 0n],
    ['a debt that they paid', paying, 'DebtPaid', 0n],
  ] as const)('are those that the wallet has, after %s', async (_, history, last, left) => {
    expect(history.some(({ type }) => type === last)).toBe(true);
    expect([...heldAfter(history).values()]).toEqual(left === 0n ? [] : [left]);
    expect(await shownAfter(history)).toEqual(heldAfter(history));
  });
});
