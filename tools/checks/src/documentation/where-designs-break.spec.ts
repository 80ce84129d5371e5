import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../root.ts';

const page = readFileSync(join(root, 'docs', 'where-designs-break.md'), 'utf8');
const rows = [...page.matchAll(/^\| (.+?) +\| `(.+?)`: (.+?) +\|$/gm)].map(
  ([, holds, file, words]) => [holds!, file!, words!] as const,
);

describe('the page on where such designs break', () => {
  it('names a test for each of its rows', () => {
    const headings = page.match(/^\| what holds +\| test +\|$/gm)!.length;
    const lines = page.match(/^\|/gm)!.length;
    // Each table has a heading and a rule.
    expect(rows).toHaveLength(lines - 2 * headings);
  });

  it.each(rows)('%s: is tested where it says', (_, file, words) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(readFileSync(join(root, file), 'utf8')).toContain(words);
  });
});
