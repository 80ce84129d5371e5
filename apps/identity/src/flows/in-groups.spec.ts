import { describe, expect, it } from '@jest/globals';
import { Overloaded } from '@tokengrid/event-store';
import { InGroups } from './in-groups.ts';

const limits = { most: 3, mostWaiting: 4, patienceMs: 60_000 };

/** Work whose items wait until they are let go. */
function held(limit: Partial<typeof limits> = {}) {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const work = (item: string) => {
    begun.push(item);
    return new Promise<string>((resolve, reject) =>
      ends.set(item, (error) => (error ? reject(error) : resolve(`${item}!`))),
    );
  };
  const groups = new InGroups(work, { ...limits, ...limit });
  const until = async (count: number) => {
    while (begun.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, groups, until, end: (item: string, error?: Error) => ends.get(item)!(error) };
}

describe('work in groups', () => {
  it('begins items of one turn together, and later ones once these are done', async () => {
    const { begun, groups, until, end } = held();
    const first = [groups.add('a'), groups.add('b')];
    await until(2);
    const second = groups.add('c');
    end('a');
    expect(await first[0]).toBe('a!');
    expect(begun).toEqual(['a', 'b']);
    end('b');
    await until(3);
    end('c');
    expect(await Promise.all([...first, second])).toEqual(['a!', 'b!', 'c!']);
  });

  it('leaves an error to its item', async () => {
    const { groups, until, end } = held();
    const [a, b] = [groups.add('a'), groups.add('b')];
    await until(2);
    end('a', new Error('spoilt'));
    end('b');
    await expect(a).rejects.toThrow('spoilt');
    expect(await b).toBe('b!');
  });

  it('has groups of a bounded size, and refuses more than may wait', async () => {
    const { begun, groups, until } = held();
    const items = ['a', 'b', 'c', 'd'].map((item) => groups.add(item));
    expect(() => groups.add('e')).toThrow(Overloaded);
    await until(3);
    expect(begun).toEqual(['a', 'b', 'c']);
    expect(items).toHaveLength(4);
  });

  it('lets a slow group hold up the next one for a time only', async () => {
    const { begun, groups, until } = held({ patienceMs: 1 });
    void groups.add('a');
    await until(1);
    void groups.add('b');
    await until(2);
    expect(begun).toEqual(['a', 'b']);
  });
});
