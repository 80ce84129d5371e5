import { describe, expect, it } from '@jest/globals';
import { UsesInOrder } from './uses-in-order.ts';

const of = (...usageIds: readonly string[]) => usageIds.map((usageId) => ({ usageId }));

describe('work on uses', () => {
  it('follows what was begun for one of its uses before, done or failed, and nothing else', async () => {
    const order = new UsesInOrder();
    const begun: string[] = [];
    const first = Promise.withResolvers<undefined>();
    const works = [
      order.follow(of('one', 'two'), () => (begun.push('first'), first.promise)),
      order.follow(of('two', 'three'), () => (begun.push('second'), Promise.resolve())),
      order.follow(of('three'), () => (begun.push('third'), Promise.resolve())),
      order.follow(of('four'), () => (begun.push('other'), Promise.resolve())),
    ];
    await works[3];
    expect(begun).toEqual(['first', 'other']);
    first.reject(new Error('failed'));
    await expect(works[0]).rejects.toThrow('failed');
    await Promise.all(works.slice(1));
    expect(begun).toEqual(['first', 'other', 'second', 'third']);
  });
});
