import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Lot, LotSource } from '@tokengrid/contracts';
import { instantOf } from '@tokengrid/contracts';
import {
  burnDown,
  isTransferable,
  lasting,
  lotsKeptApart,
  lotsOf,
  lotsTaken,
  parcelsOf,
  sumOf,
  withLots,
  withoutLots,
} from './lots.ts';

const lot = (lotId: string, terms: Partial<Lot> = {}): Lot => ({
  lotId,
  source: 'purchase',
  tokens: 10n,
  priority: 50,
  expiresAt: null,
  transferable: true,
  ...terms,
});
const idsOf = (lots: readonly { readonly lotId: string }[]) => lots.map(({ lotId }) => lotId);

describe('lots', () => {
  it('burn down by priority, then soonest expiry, then what cannot be sent, then the oldest', () => {
    const lots = withLots(
      [],
      [
        lot('oldest'),
        lot('younger'),
        lot('cannot be sent', { transferable: false }),
        lot('ends later', { expiresAt: instantOf(2000) }),
        lot('ends sooner', { expiresAt: instantOf(1000) }),
        lot('given', { priority: 10 }),
        lot('given, ends', { priority: 10, expiresAt: instantOf(3000) }),
      ],
    );
    const order = ['given, ends', 'given', 'ends sooner', 'ends later', 'cannot be sent', 'oldest', 'younger'];
    expect(idsOf(lots)).toEqual(order);
    expect(lotsTaken(burnDown(lots, 25n))).toEqual([
      { lotId: 'given, ends', tokens: 10n, expiresAt: instantOf(3000) },
      { lotId: 'given', tokens: 10n },
      { lotId: 'ends sooner', tokens: 5n, expiresAt: instantOf(1000) },
    ]);
  });

  it('that come again grow in their place', () => {
    const lots = withLots(withLots([], [lot('first'), lot('second')]), [lot('first', { tokens: 7n })]);
    expect(lots.map(({ lotId, tokens }) => [lotId, tokens])).toEqual([
      ['first', 17n],
      ['second', 10n],
    ]);
  });

  it('cannot be taken from beyond what they hold', () => {
    const lots = withLots([], [lot('only')]);
    expect(() => burnDown(lots, 11n)).toThrow('the lots lack 1 of 11');
    expect(() => withoutLots(lots, [{ lotId: 'only', tokens: 11n }])).toThrow('11 taken from lot only of 10');
    expect(() => withoutLots(lots, [{ lotId: 'other', tokens: 1n }])).toThrow(
      'taken from lot other, which is not there',
    );
  });

  it('join the youngest of the same terms once a wallet keeps as many apart as it may', () => {
    const came = (lotId: string, source: LotSource) => ({ lotId, source, transferable: true, parcels: lasting(1n) });
    let lots = withLots([], [lot('a transfer', { source: 'transfer' })]);
    for (let index = 1; index < lotsKeptApart; index++)
      lots = withLots(lots, lotsOf(lots, came(`p${index}`, 'purchase')));
    expect(lots).toHaveLength(lotsKeptApart);
    expect(idsOf(lotsOf(lots, came('more', 'purchase')))).toEqual([`p${lotsKeptApart - 1}`]);
    expect(idsOf(lotsOf(lots, came('more', 'transfer')))).toEqual(['a transfer']);
    expect(idsOf(lotsOf(lots, came('the first of its kind', 'earnings')))).toEqual(['the first of its kind']);
  });

  it('travel together where they end together', () => {
    const lots = withLots(
      [],
      [
        lot('a'),
        lot('b', { expiresAt: instantOf(2000) }),
        lot('c', { source: 'refund' }),
        lot('d', { expiresAt: instantOf(1000) }),
      ],
    );
    expect(parcelsOf(lots)).toEqual([
      { tokens: 10n, expiresAt: instantOf(1000) },
      { tokens: 10n, expiresAt: instantOf(2000) },
      { tokens: 20n, expiresAt: null },
    ]);
  });

  it('lose exactly what a debit takes, and a debit of some kind takes only that kind', () => {
    const someLots = fc
      .array(
        fc.record({
          tokens: fc.bigInt(1n, 50n),
          priority: fc.constantFrom(10, 50),
          expiresAt: fc.constantFrom(null, instantOf(1000), instantOf(2000)),
          transferable: fc.boolean(),
        }),
        { minLength: 1, maxLength: 12 },
      )
      .map((terms) =>
        withLots(
          [],
          terms.map((each, index) => lot(`lot-${index}`, each)),
        ),
      );
    fc.assert(
      fc.property(someLots, fc.bigInt(0n, 1000n), fc.boolean(), (lots, wanted, sendable) => {
        const eligible = sendable ? lots.filter(isTransferable) : lots;
        const most = sumOf(eligible);
        const tokens = wanted > most ? most : wanted;
        const taken = burnDown(lots, tokens, sendable ? isTransferable : undefined);
        const left = withoutLots(lots, lotsTaken(taken));
        expect(sumOf(taken)).toBe(tokens);
        expect(sumOf(left)).toBe(sumOf(lots) - tokens);
        expect(parcelsOf(taken).reduce((sum, parcel) => sum + parcel.tokens, 0n)).toBe(tokens);
        if (sendable) expect(taken.every(isTransferable)).toBe(true);
        expect(left.every((each) => each.tokens > 0n)).toBe(true);
      }),
    );
  });
});
