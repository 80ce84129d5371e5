import { describe, expect, it } from '@jest/globals';
import { AskedTogether } from './asked-together.ts';

describe('questions', () => {
  it('of one tick, and those that come during a query, are asked together', async () => {
    const asked: number[][] = [];
    const together = new AskedTogether<number, number>((questions) => {
      asked.push([...questions]);
      return Promise.resolve(asked.length);
    });
    const first = [together.ask([1]), together.ask([2, 3])];
    await Promise.resolve();
    const later = [together.ask([4]), together.ask([5])];
    expect(await Promise.all([...first, ...later])).toEqual([1, 1, 2, 2]);
    expect(asked).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('fail together, and later ones are asked all the same', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve('here')];
    const together = new AskedTogether<number, string>(() => answers.shift()!);
    const failing = await Promise.allSettled([together.ask([1]), together.ask([2])]);
    expect(failing.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await together.ask([3])).toBe('here');
  });

  it.each([
    ['fail with them where Postgres does not answer', 'Query read timeout', ['rejected', 'rejected'], 1],
    ['are asked where a query fails by itself', 'invalid byte sequence', ['rejected', 'fulfilled'], 2],
  ])('that wait for a query of others %s', async (_, message, ends, count) => {
    let asked = 0;
    const together = new AskedTogether<number, string>(async () => {
      asked += 1;
      await Promise.resolve();
      if (asked === 1) throw new Error(message);
      return 'here';
    });
    const first = together.ask([1]);
    await Promise.resolve();
    const settled = await Promise.allSettled([first, together.ask([2])]);
    expect(settled.map(({ status }) => status)).toEqual(ends);
    expect(asked).toBe(count);
    expect(await together.ask([3])).toBe('here');
  });
});
