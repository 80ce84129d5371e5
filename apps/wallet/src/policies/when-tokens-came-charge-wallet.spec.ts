import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { spendableEvents } from '@tokengrid/contracts';

interface Posting {
  readonly account: string;
  readonly amount: string;
}

/** All released versions of the wallet's events, by type and version. */
type Samples = Record<string, Record<string, { readonly postings?: readonly Posting[] }>>;

const samples = JSON.parse(
  readFileSync(new URL('../../../../libs/contracts/src/samples/wallet.json', import.meta.url), 'utf8'),
) as Samples;

/** Names of events in the policy's declaration, which the docs' generator reads as well. */
const policy = readFileSync(new URL('when-tokens-came-charge-wallet.ts', import.meta.url), 'utf8');
const heard = [...policy.matchAll(/^ {6}'(\w+)',$/gm)].map(([, name]) => name);

describe('what waits for tokens', () => {
  it('is charged after every event that makes tokens available', () => {
    const brings = ({ postings = [] }: Samples[string][string]) =>
      postings.some(({ account, amount }) => /^wallet:.*:available$/.test(account) && !amount.startsWith('-'));
    const bringing = Object.keys(samples).filter((type) => Object.values(samples[type]!).some(brings));
    expect(bringing.length).toBeGreaterThan(8);
    expect(spendableEvents).toEqual(expect.arrayContaining(bringing));
    expect(heard).toEqual(spendableEvents);
  });
});
