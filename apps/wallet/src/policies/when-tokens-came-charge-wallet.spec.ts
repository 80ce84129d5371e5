import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { tokensCame } from './when-tokens-came-charge-wallet.ts';

interface Posting {
  readonly account: string;
  readonly amount: string;
}

/** All released versions of the wallet's events, by type and version. */
type Samples = Record<string, Record<string, { readonly postings?: readonly Posting[] }>>;

const samples = JSON.parse(
  readFileSync(new URL('../../../../libs/contracts/src/samples/wallet.json', import.meta.url), 'utf8'),
) as Samples;

describe('what waits for tokens', () => {
  it('is charged after every event that makes tokens available', () => {
    const brings = ({ postings = [] }: Samples[string][string]) =>
      postings.some(({ account, amount }) => /^wallet:.*:available$/.test(account) && !amount.startsWith('-'));
    const bringing = Object.keys(samples).filter((type) => Object.values(samples[type]!).some(brings));
    expect(bringing.length).toBeGreaterThan(8);
    expect(tokensCame).toEqual(expect.arrayContaining(bringing));
  });
});
