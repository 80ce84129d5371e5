import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { derivedId, partyId, typeId, walletIdOf } from './ids.ts';

const suffix = '01jzx3k9v8e7f9q2m4n6p8r0t2';

describe('ids', () => {
  it('carry one of the prefixes that are asked for', () => {
    const id = typeId('app', 'mod');
    expect([`app_${suffix}`, `mod_${suffix}`].every((each) => id.safeParse(each).success)).toBe(true);
    for (const other of [`org_${suffix}`, suffix, `app_${suffix}0`, `app_${suffix.toUpperCase()}`, `app_${suffix}\n`]) {
      expect(id.safeParse(other).success).toBe(false);
    }
  });

  it('of parties are those of organizations, subscribers, and the operator', () => {
    for (const id of [`org_${suffix}`, `sub_${suffix}`, 'operator']) expect(partyId.parse(id)).toBe(id);
    for (const id of [`wal_${suffix}`, 'operators', '']) expect(partyId.safeParse(id).success).toBe(false);
  });

  it("of a wallet follow from its party's", () => expect(walletIdOf(`sub_${suffix}`)).toBe(`wal_${suffix}`));
});

describe('a derived id', () => {
  it('is the same for the same parts, for ever', () =>
    expect(derivedId('chg', 'metering/3/812', 'charge')).toBe(derivedId('chg', 'metering/3/812', 'charge')));

  it('has the shape of a TypeID, whatever it derives from', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (parts) =>
        expect(typeId('usg').safeParse(derivedId('usg', ...parts)).success).toBe(true),
      ),
    ));

  it('differs where the parts do, also where they run together to the same text', () => {
    const ids = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', '']].map((parts) => derivedId('usg', ...parts));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
