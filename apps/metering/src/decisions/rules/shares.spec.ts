import { describe, expect, it } from '@jest/globals';
import { largestAmount } from '@tokengrid/contracts';
import fc from 'fast-check';
import { developer, provider } from '../examples.fixture.ts';
import { type Earning, sharesOf } from './shares.ts';

const sellers = { app: { sellerId: developer }, model: { sellerId: provider } };
const shared = (gross: bigint, cost: bigint, of: Earning) => {
  const { shares, subsidy } = sharesOf(gross, cost, of);
  return { shares: shares.map(({ role, tokens }) => [role, tokens]), subsidy: subsidy?.tokens };
};

describe('shares', () => {
  it('of what a use gives back are those of the operator and the developer, and the provider gives none', () => {
    expect(shared(-105n, 40n, { operatorBps: 1000, ...sellers })).toEqual({
      shares: [
        ['operator', -11n],
        ['provider', 0n],
        ['developer', -94n],
      ],
      subsidy: 40n,
    });
    expect(shared(-105n, 0n, { operatorBps: 1000, app: sellers.app })).toEqual({
      shares: [
        ['operator', -11n],
        ['developer', -94n],
      ],
    });
  });

  it('sum to what is charged or given back, none of another sign, and the operator has no more than its basis points', () => {
    const amounts = fc.bigInt({ min: 0n, max: largestAmount });
    const signed = fc.bigInt({ min: -largestAmount, max: largestAmount });
    const operatorBps = fc.integer({ min: 0, max: 10_000 });
    const named = fc.constantFrom<('app' | 'model')[]>(['app'], ['app', 'model'], ['model']);
    fc.assert(
      fc.property(signed, amounts, operatorBps, named, (total, cost, bps, names) => {
        // Only an app's price may fall.
        const gross = names.includes('app') || total > 0n ? total : -total;
        const of = Object.fromEntries(names.map((name) => [name, sellers[name]]));
        const { shares, subsidy } = sharesOf(gross, names.length === 2 ? cost : 0n, { operatorBps: bps, ...of });
        const sign = gross < 0n ? -1n : 1n;
        expect(shares.every(({ tokens }) => tokens * sign >= 0n)).toBe(true);
        expect(shares.reduce((sum, { tokens }) => sum + tokens, 0n)).toBe(gross);
        const provided = shares.find(({ role }) => role === 'provider')?.tokens ?? 0n;
        if (names.length === 2) expect(provided + (subsidy?.tokens ?? 0n)).toBe(cost);
        else expect(subsidy).toBeUndefined();
        if (gross < 0n) expect(provided).toBe(0n);
        const [size, fee] = [gross * sign, shares[0]!.tokens * sign];
        const exact = size * BigInt(bps);
        expect(2n * (fee * 10_000n - exact) <= 10_000n && 2n * (exact - fee * 10_000n) < 10_000n).toBe(true);
      }),
    );
  });
});
