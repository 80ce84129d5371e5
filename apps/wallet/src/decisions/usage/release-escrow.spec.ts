import { describe, it } from '@jest/globals';
import { EscrowRefused, EscrowReleased, FeesCollected } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { collectFees } from './collect-fees.ts';
import { context, from, partyId, statementId, to, walletId } from '../examples.fixture.ts';
import { releaseEscrow } from './release-escrow.ts';
import { walletLane } from '../state/wallet-lane.ts';

const given = givenFor(walletLane);
const owed = (tokens: bigint, party = partyId) => ({
  statementId,
  partyId: party,
  period: '2025-12-31',
  timeZone: 'UTC',
  tokens,
});
const released = (tokens: bigint) =>
  EscrowReleased({
    ...owed(tokens),
    toWalletId: walletId,
    postings: [from('lane:0:escrow', tokens), to('lane:0:in-transit', tokens)],
  });
const collected = (tokens: bigint) =>
  FeesCollected({
    ...owed(tokens, 'operator'),
    postings: [from('lane:0:escrow', tokens), to('lane:0:fees', tokens)],
  });

describe('release escrow', () => {
  it("sends what a statement owes on its way to the party's wallet", () =>
    given()
      .when(releaseEscrow, { ...owed(60n), charged: 100n }, context)
      .then(released(60n)));

  it('never takes out what charges did not put in', () =>
    given(released(60n), collected(10n))
      .when(releaseEscrow, { ...owed(31n), charged: 100n }, context)
      .then(EscrowRefused({ ...owed(31n), code: 'WALLET.ESCROW_SHORT', available: 30n, required: 31n })));
});

describe('collect fees', () => {
  it('takes what a statement owes the operator', () =>
    given(released(60n))
      .when(collectFees, { ...owed(40n, 'operator'), charged: 100n }, context)
      .then(collected(40n)));

  it('never takes out what charges did not put in', () =>
    given(collected(100n))
      .when(collectFees, { ...owed(1n, 'operator'), charged: 100n }, context)
      .then(EscrowRefused({ ...owed(1n, 'operator'), code: 'WALLET.ESCROW_SHORT', available: 0n, required: 1n })));
});
