import { describe, expect, it } from '@jest/globals';
import { amountsBy } from './amounts.ts';
import { PersonUse } from './person-use.ts';

const one = { requests: 1, units: 10, streams: 1 };
const most = { requests: 3, units: 50, streams: 2 };
const none = amountsBy(() => 0);

/** A person's uses, of which this process may have all. */
function allowed(now = 0): PersonUse {
  const use = new PersonUse('key_1', most);
  use.asking(now);
  use.answered({ allowed: most, room: most }, one, now);
  return use;
}

describe('what a person uses', () => {
  it('begins as far as it is allowed, in each dimension', () => {
    const use = allowed();
    expect(use.lacks(one, 0)).toBeUndefined();
    use.begin(one, 0);
    use.begin(one, 0);
    expect(use.lacks(one, 0)).toBe('streams');
    expect(use.lacks({ ...one, streams: 0 }, 0)).toBeUndefined();
    use.begin({ ...one, streams: 0 }, 0);
    expect(use.lacks({ ...none, requests: 1 }, 0)).toBe('requests');
    expect(use.lacks({ ...none, units: 21 }, 0)).toBe('units');
    expect(use.remaining('units')).toBe(20);
  });

  it('counts for a minute and a second at most', () => {
    const use = allowed();
    use.begin(one, 0)(10, 0);
    expect([59_999, 61_000].map((now) => use.used(now).requests)).toEqual([1, 0]);
    expect([use.freesIn('requests', 0), use.resetsIn(61_000)]).toEqual([60_000, 0]);
  });

  it('counts by its estimate until it is over, then as it was', () => {
    const use = allowed();
    const [less, more] = [use.begin(one, 0), use.begin(one, 0)];
    expect(use.used(0)).toEqual({ requests: 2, units: 20, streams: 2 });
    less(4, 30_000);
    more(35, 30_000);
    expect(use.used(30_000)).toEqual({ requests: 2, units: 39, streams: 0 });
    // What came on top of the estimate counts from when it came.
    expect(use.used(65_000)).toEqual({ requests: 0, units: 25, streams: 0 });
    expect(use.remaining('units')).toBe(50 - 39);
  });

  it('is not allowed anything that nobody was asked about lately', () => {
    expect(new PersonUse('key_1', most).lacks(one, 0)).toBe('requests');
    const use = allowed();
    expect([use.lacks(one, 4999), use.lacks(one, 5000)]).toEqual([undefined, 'requests']);
    expect(new PersonUse('key_1', { ...most, requests: Infinity }).lacks({ ...none, requests: 1 }, 0)).toBeUndefined();
  });

  it('begins not while it is asked, and what ends meanwhile is free', () => {
    const use = allowed();
    const end = use.begin(one, 0);
    use.asking(0);
    expect(use.lacks(one, 0)).toBe('requests');
    end(10, 0);
    use.answered({ allowed: { ...most, streams: 1 }, room: { ...most, streams: 1 } }, none, 1);
    expect([use.remaining('streams'), use.lacks({ ...one, streams: 2 }, 1)]).toEqual([2, undefined]);
  });

  it('is refused for a moment where there is not enough', () => {
    const use = allowed();
    use.answered({ allowed: none, room: none }, one, 1000);
    expect([use.isRefused(1099), use.isRefused(1100)]).toEqual([true, false]);
  });

  it('is over once nothing counts, and the others know', () => {
    const use = allowed();
    use.begin(one, 0)(0, 0);
    expect(use.isOver(61_000)).toBe(false);
    use.asking(61_000);
    use.answered({ allowed: none, room: most }, undefined, 61_000);
    expect(use.isOver(61_000)).toBe(true);
  });
});
