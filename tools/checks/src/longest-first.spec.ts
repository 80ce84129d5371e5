import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import LongestFirst, { longSpecs } from './longest-first.ts';
import { root } from './root.ts';

describe('the order of spec files', () => {
  it('begins with the longest, then the largest', () => {
    const file = (path: string, size: number) => ({
      path: join(root, path),
      context: { hasteFS: { getSize: () => size } },
    });
    const [longest, long] = Object.keys(longSpecs) as [string, string];
    const files = [file('libs/a.spec.ts', 10), file('libs/b.spec.ts', 20), file(long, 1), file(longest, 1)];
    const sorted = new LongestFirst().sort(files).map(({ path }) => path);
    expect(sorted).toEqual([longest, long, 'libs/b.spec.ts', 'libs/a.spec.ts'].map((path) => join(root, path)));
  });

  it('names files that there are', () =>
    expect(Object.keys(longSpecs).filter((path) => !existsSync(join(root, path)))).toEqual([]));
});
