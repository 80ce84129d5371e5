import { describe, expect, it } from '@jest/globals';
import { context, earned, given, opened, partyId, statementId } from '../examples.fixture.ts';
import { receiveEarnings } from './receive-earnings.ts';
import { WalletNotOpen } from '../state/wallet.ts';

describe('receive earnings', () => {
  const earnings = { statementId, partyId, period: '2025-12-31', timeZone: 'UTC', tokens: 60n, fromLane: 2 };

  it('takes in what a statement owes, as one lot however many lanes it comes from', () => {
    given(opened).when(receiveEarnings, earnings, context).then(earned(60n));
    expect(given(opened, earned(60n), earned(40n)).state).toMatchObject({ available: 100n, lots: [{ tokens: 100n }] });
  });

  it('waits for the wallet to be opened', () =>
    expect(() => given().when(receiveEarnings, earnings, context)).toThrow(WalletNotOpen));
});
