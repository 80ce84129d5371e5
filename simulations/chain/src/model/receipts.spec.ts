import { describe, expect, it } from '@jest/globals';
import { Receipt } from './receipts.ts';
import { ModelWallet } from './wallets.ts';

const paid = (day: string, ...lots: readonly (readonly [string, bigint])[]) => ({
  ...{ walletId: 'wal', memberIds: ['member'], day, lots },
});

describe('the reference model of what comes back', () => {
  it('gives back no more than was taken from each lot', () => {
    const receipt = new Receipt();
    receipt.pay(paid('2026-02-28', ['a', 10n], ['b', 5n]));
    expect(receipt.giveBack([['b', 3n]])).toEqual([{ day: '2026-02-28', memberIds: ['member'], tokens: 3n }]);
    expect(() => receipt.giveBack([['b', 3n]])).toThrow('3 of b, from which 2 were taken');
    expect(() => receipt.giveBack([['c', 1n]])).toThrow('1 of c, from which 0 were taken');
    expect(receipt.total).toBe(12n);
  });

  it('counts what comes back against the day on which it was spent, the last first', () => {
    const receipt = new Receipt();
    receipt.pay(paid('2026-02-28', ['a', 10n]));
    receipt.pay(paid('2026-03-01', ['a', 4n]));
    expect(receipt.giveBack([['a', 6n]]).map(({ day, tokens }) => [day, tokens])).toEqual([
      ['2026-03-01', 4n],
      ['2026-02-28', 2n],
    ]);
  });

  it('goes into the lot that it came from, or one of its like', () => {
    const terms = { priority: 5, expiresAt: 9, transferable: false, source: 'plan' };
    const wallet = new ModelWallet('owner');
    wallet.lots.add({ lotId: 'a', tokens: 10n, ...terms });
    wallet.lots.take([['a', 4n]]);
    wallet.lots.putBack('a', 3n, 'a');
    expect([wallet.lots.of('a'), wallet.lots.total]).toEqual([9n, 9n]);
    wallet.lots.take([['a', 9n]]);
    wallet.lots.putBack('a', 2n, 'like');
    expect([wallet.lots.of('a'), wallet.lots.of('like')]).toEqual([0n, 2n]);
    expect(wallet.lots.termsOf('like')).toEqual(terms);
    wallet.lots.add({ lotId: 'better', tokens: 1n, ...terms, expiresAt: undefined });
    expect(() => wallet.lots.putBack('a', 1n, 'better')).toThrow('better is not like a');
  });

  it('leaves room under the limits of its day and month, and of its members', () => {
    const wallet = new ModelWallet('owner');
    wallet.lots.add({ lotId: 'a', tokens: 1000n, priority: 1, expiresAt: undefined, transferable: true });
    wallet.limits = { daily: 50n, monthly: 60n };
    wallet.members.set('member', { daily: 50n });
    const actor = { payerId: 'member', keyLine: [] };
    wallet.charge({ tokens: 50n }, actor, '2026-02-27');
    wallet.unspend([{ day: '2026-02-27', memberIds: ['member'], tokens: 20n }]);
    expect(wallet.charge({ tokens: 21n }, actor, '2026-02-27')).toMatchObject({ limit: 'daily' });
    expect(wallet.charge({ tokens: 20n }, actor, '2026-02-27')).toMatchObject({ memberIds: ['member'] });
    expect(wallet.charge({ tokens: 11n }, actor, '2026-02-28')).toMatchObject({ limit: 'monthly' });
  });
});
