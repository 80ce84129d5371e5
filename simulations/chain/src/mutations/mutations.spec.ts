import { describe, expect, it } from '@jest/globals';
import { mutated, mutations } from './mutations.ts';

describe('the planted mutations', () => {
  it.each(mutations)('apply: $name', (mutation) => {
    for (const { file } of mutation.edits) expect(mutated(mutation, file)).not.toBe('');
  });

  it('have names of their own', () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  });
});
