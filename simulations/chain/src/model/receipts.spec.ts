import { describe, expect, it } from '@jest/globals';
import { Receipt, type WouldPay } from './receipts.ts';
import { type Charged, ModelWallet } from './wallets.ts';

const paid = (day: string, ...lots: readonly (readonly [string, bigint])[]) => ({
  ...{ memberIds: ['member'], day, lots },
});

/** Lots without a voucher, which pay what they have. */
const inOrder: WouldPay = (lots, tokens) => {
  let left = tokens;
  return lots.map(([lotId, has]) => {
    const part = left < has ? left : has;
    left -= part;
    return [lotId, part] as const;
  });
};

describe('the reference model of what comes back', () => {
  it('gives back no more than was taken from each lot', () => {
    const receipt = new Receipt();
    receipt.pay(paid('2026-02-28', ['a', 10n], ['b', 5n]));
    expect(receipt.giveBack(3n, inOrder)).toEqual([paid('2026-02-28', ['b', 3n])]);
    expect(receipt.giveBack(4n, inOrder)).toEqual([paid('2026-02-28', ['a', 2n], ['b', 2n])]);
    expect(receipt.total).toBe(8n);
    expect(() => receipt.giveBack(9n, inOrder)).toThrow('9 come back, of 8');
  });

  it('counts what comes back against the day on which it was spent, the last first', () => {
    const receipt = new Receipt();
    receipt.pay(paid('2026-02-28', ['a', 10n]));
    receipt.pay(paid('2026-03-01', ['a', 4n]));
    expect(receipt.giveBack(6n, inOrder)).toEqual([paid('2026-03-01', ['a', 4n]), paid('2026-02-28', ['a', 2n])]);
  });

  it('leaves a voucher its share of the smaller price, and what is left open by rounding the first lots', () => {
    const half = { shareBps: 5000 };
    const wallet = new ModelWallet('owner');
    const terms = { expiresAt: undefined, transferable: false };
    for (const lotId of ['a', 'b']) wallet.lots.add({ lotId, tokens: 9n, priority: 10, voucher: half, ...terms });
    wallet.lots.add({ lotId: 'c', tokens: 9n, priority: 50, ...terms });
    const receipt = new Receipt();
    receipt.pay(paid('2026-02-28', ['a', 5n], ['b', 5n], ['c', 1n]));
    const back = (tokens: bigint) => wallet.giveBack(tokens, receipt, {}, (lotId) => lotId).map(({ lots }) => lots);
    expect([back(2n), back(2n)]).toEqual(
      [
        [
          ['a', 1n],
          ['b', 1n],
        ],
        [
          ['a', 1n],
          ['b', 1n],
        ],
      ].map((lots) => [lots]),
    );
    expect([back(1n), back(1n)]).toEqual([[[['c', 1n]]], [[['b', 1n]]]]);
    expect(receipt.total).toBe(5n);
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
    wallet.join('member', { daily: 50n });
    const actor = { payerId: 'member', keyLine: [] };
    const charged = wallet.charge({ tokens: 50n }, actor, '2026-02-27') as Charged;
    const receipt = new Receipt();
    receipt.pay({ ...charged, day: '2026-02-27' });
    wallet.giveBack(20n, receipt, {}, (lotId) => lotId);
    expect(wallet.charge({ tokens: 21n }, actor, '2026-02-27')).toMatchObject({ limit: 'daily' });
    expect(wallet.charge({ tokens: 20n }, actor, '2026-02-27')).toMatchObject({ memberIds: ['member'] });
    expect(wallet.charge({ tokens: 11n }, actor, '2026-02-28')).toMatchObject({ limit: 'monthly' });
  });
});
