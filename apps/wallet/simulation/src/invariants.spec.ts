import { readdirSync, readFileSync } from 'node:fs';
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

/** Mistakes that are planted in the chain, by file. */
const chain = join(repository, 'simulations/chain/src/mutations');
const inChain = readdirSync(chain).map((name) => readFileSync(join(chain, name), 'utf8'));

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
    expect(inChain.filter((planted) => planted.includes(`mutation('${name}',`))).toHaveLength(1);
  });

  it('names mistakes that are planted, and all of them', () => {
    expect([...new Set(mistakes)].sort()).toEqual(mutations.map(({ name }) => name).sort());
  });
});
