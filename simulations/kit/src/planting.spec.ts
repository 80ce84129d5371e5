import { describe, expect, it } from '@jest/globals';
import { mutated, mutation } from './planting.ts';

const file = 'simulations/kit/src/repository';

describe('a planted mistake', () => {
  it('replaces the one place that it names', () => {
    const planted = mutation('seeks one folder too high', [file, "'../../../'", "'../../../../'"]);
    expect(mutated(planted, `${file}.ts`)).toContain("new URL('../../../../', import.meta.url)");
  });

  it.each([
    ['a place that is gone', 'nowhere', 'somewhere', 'has "nowhere" 0 times'],
    ['a place that is there more than once', '../', '', 'has "../" 3 times'],
    ['no change', 'fileURLToPath(new', 'fileURLToPath(new', 'would not change'],
  ])('is refused for %s', (_, search, replace, reason) => {
    expect(() => mutated(mutation('a mistake', [file, search, replace]), `${file}.ts`)).toThrow(reason);
  });
});
