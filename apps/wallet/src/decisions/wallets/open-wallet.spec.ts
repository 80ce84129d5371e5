import { describe, expect, it } from '@jest/globals';
import { context, given, opened, partyId, walletId } from '../examples.fixture.ts';
import { openWallet } from './open-wallet.ts';

describe('open wallet', () => {
  const opening = { walletId, partyId, partyKind: 'developer' } as const;

  it('opens a wallet that holds nothing', () => {
    given().when(openWallet, opening, context).then(opened);
    expect(given(opened).state).toMatchObject({ opened: true, walletId, partyId, available: 0n, held: 0n, lots: [] });
  });

  it('does not open a wallet twice', () => {
    expect(() => given(opened).when(openWallet, opening, context)).toThrow('is open already');
  });
});
