import { describe, expect, it } from '@jest/globals';
import type { Lot } from './lots.ts';
import { ModelWallet } from './wallets.ts';

const [day, nextDay] = ['2026-02-28', '2026-03-01'];
const owner = { payerId: 'owner', keyLine: [] };

function wallet(...lots: readonly (Partial<Lot> & { readonly lotId: string })[]): ModelWallet {
  const made = new ModelWallet('owner');
  const usual = { tokens: 100n, priority: 100, expiresAt: undefined, transferable: true };
  for (const lot of lots) made.lots.add({ ...usual, ...lot });
  return made;
}

describe('the reference model of a wallet', () => {
  it('burns lots by priority, expiry, transferability, age', () => {
    const full = wallet(
      { lotId: 'old' },
      { lotId: 'young' },
      { lotId: 'bound', transferable: false },
      { lotId: 'late', expiresAt: 9 },
      { lotId: 'soon', expiresAt: 5 },
      { lotId: 'first', priority: 1 },
    );
    expect(full.charge({ tokens: 501n }, owner, day)).toMatchObject({
      lots: [
        ['first', 100n],
        ['soon', 100n],
        ['late', 100n],
        ['bound', 100n],
        ['old', 100n],
        ['young', 1n],
      ],
    });
    expect(full.lots.total).toBe(99n);
  });

  it('charges a use wholly or not at all', () => {
    const small = wallet({ lotId: 'a' });
    expect(small.charge({ tokens: 101n }, owner, day)).toEqual({ code: 'WALLET.INSUFFICIENT_TOKENS', available: 100n });
    expect(small.charge({ tokens: 100n }, owner, day)).toEqual({ lots: [['a', 100n]], memberIds: [] });
  });

  it('lets a voucher pay its share, up to its cap, for what it is for', () => {
    const voucher = { apps: ['maps'], shareBps: 5000, capPerUse: 30n };
    const mixed = wallet({ lotId: 'voucher', priority: 1, voucher }, { lotId: 'a' });
    expect(mixed.charge({ tokens: 11n, app: 'maps' }, owner, day)).toMatchObject({
      lots: [
        ['voucher', 5n],
        ['a', 6n],
      ],
    });
    expect(mixed.charge({ tokens: 80n, app: 'maps' }, owner, day)).toMatchObject({
      lots: [
        ['voucher', 30n],
        ['a', 50n],
      ],
    });
    expect(mixed.charge({ tokens: 50n, app: 'letters' }, owner, day)).toMatchObject({ available: 44n });
  });

  it('has limits by the day and month, and caps of members and keys beside them', () => {
    const shared = wallet({ lotId: 'a', tokens: 10_000n });
    shared.limits = { daily: 100n, monthly: 150n };
    shared.join('member', { daily: 60n });
    shared.join('key', { monthly: 30n });
    const member = { payerId: 'member', keyLine: [] };
    const child = { payerId: 'owner', keyLine: ['child', 'key'] };
    expect(shared.charge({ tokens: 61n }, member, day)).toMatchObject({ limit: 'member-daily' });
    expect(shared.charge({ tokens: 60n }, member, day)).toMatchObject({ memberIds: ['member'] });
    expect(shared.charge({ tokens: 31n }, child, day)).toMatchObject({ limit: 'member-monthly' });
    expect(shared.charge({ tokens: 30n }, child, day)).toMatchObject({ memberIds: ['key'] });
    expect(shared.charge({ tokens: 11n }, owner, day)).toMatchObject({ limit: 'daily' });
    // Who has left is bound by no cap, and what it used is paid.
    shared.remove('member');
    expect(shared.charge({ tokens: 10n }, member, day)).toMatchObject({ memberIds: [] });
    expect(shared.charge({ tokens: 100n }, owner, nextDay)).toMatchObject({ memberIds: [] });
  });
});
