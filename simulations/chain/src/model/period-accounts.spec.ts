import { describe, expect, it } from '@jest/globals';
import { PeriodAccount } from './period-accounts.ts';
import type { WouldPay } from './receipts.ts';

/** Lots without a voucher, which pay what they have. */
const inOrder: WouldPay = (lots, tokens) => {
  let left = tokens;
  return lots.map(([lotId, has]) => {
    const part = left < has ? left : has;
    left -= part;
    return [lotId, part] as const;
  });
};
const byName = (one: string, other: string) => (one < other ? -1 : 1);
const paid = (day: string, memberIds: readonly string[], ...lots: readonly (readonly [string, bigint])[]) => ({
  ...{ day, memberIds, lots },
});

describe('the reference model of what a wallet charged for a period', () => {
  it('gives back of the last day first, whichever use it was charged for', () => {
    const account = new PeriodAccount(byName);
    account.receipt.pay(paid('2026-02-27', [], ['b', 5n]));
    account.receipt.pay(paid('2026-02-28', ['key'], ['a', 5n]));
    account.receipt.settle();
    account.receipt.pay(paid('2026-02-27', [], ['a', 7n]));
    account.receipt.settle();
    expect(account.giveBack(9n, inOrder)).toEqual({
      setOff: [],
      returned: [paid('2026-02-28', ['key'], ['a', 5n]), paid('2026-02-27', [], ['b', 4n])],
      left: 0n,
    });
    expect(account.receipt.total).toBe(8n);
  });

  it('has charges of one command by themselves until it ends', () => {
    const account = new PeriodAccount(byName);
    account.receipt.pay(paid('2026-02-28', [], ['b', 5n]));
    account.receipt.pay(paid('2026-02-28', [], ['a', 5n]));
    expect(account.giveBack(6n, inOrder).returned).toEqual([
      paid('2026-02-28', [], ['a', 5n]),
      paid('2026-02-28', [], ['b', 1n]),
    ]);
    account.receipt.pay(paid('2026-02-28', [], ['a', 5n]));
    account.receipt.settle();
    expect(account.giveBack(5n, inOrder).returned).toEqual([paid('2026-02-28', [], ['a', 1n], ['b', 4n])]);
  });

  it('lowers what waits before it gives anything back, the last of it first, and never more than there is', () => {
    const account = new PeriodAccount(byName);
    account.receipt.pay(paid('2026-02-28', [], ['a', 10n]));
    for (const [usageId, tokens] of [
      ['1', 5n],
      ['2', 6n],
      ['3', 7n],
    ] as const)
      account.wait(usageId, tokens);
    account.wait('2', 4n);
    expect(account.giveBack(9n, inOrder)).toEqual({
      setOff: [
        { usageId: '3', tokens: 7n },
        { usageId: '2', tokens: 2n },
      ],
      returned: [],
      left: 0n,
    });
    expect(account.waiting).toBe(7n);
    expect(account.giveBack(20n, inOrder)).toMatchObject({ returned: [paid('2026-02-28', [], ['a', 10n])], left: 3n });
    expect([account.waiting, account.receipt.total]).toEqual([0n, 0n]);
  });
});
