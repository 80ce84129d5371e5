import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repository } from '@tokengrid/simulation-kit';
import { mutations } from './mutations/mutations.ts';

const page = join(repository, 'apps/wallet/INVARIANTS.md');
const text = readFileSync(page, 'utf8');
/** Each invariant with the lines below it. */
const sentences = text.split(/^(?=- )/m).slice(1);
const tests = [...text.matchAll(/\[([^\]]+)\]\(([^)]+\.ts)\)/g)].map(([, title, path]) => ({ title, path }));
const mistakes = [...text.matchAll(/planted “([^”]+)”/g)].map(([, name]) => name!);
const ofChain = [...text.matchAll(/planted in the chain “([^”]+)”/g)].map(([, name]) => name!);

describe('the page of what always holds', () => {
  it('says of each sentence which test breaks and which planted mistake shows it', () => {
    expect(sentences.length).toBeGreaterThan(0);
    for (const sentence of sentences)
      expect(sentence).toMatch(/^ {2}- breaks \[.*\.ts\)$[^]*^ {2}- planted (?:in the chain )?“.*”$/m);
  });

  it.each(tests)('names a test that there is: $title', ({ title, path }) => {
    expect(readFileSync(join(dirname(page), path!), 'utf8')).toContain(title);
  });

  it.each(ofChain)('names a mistake that the simulation of the chain plants: %s', (name) => {
    const planted = readFileSync(join(repository, 'simulations/chain/src/mutations/refunds.ts'), 'utf8');
    expect(planted).toContain(`mutation('${name}',`);
  });

  it('names mistakes that are planted, and all of them', () => {
    expect([...new Set(mistakes)].sort()).toEqual(mutations.map(({ name }) => name).sort());
  });
});
