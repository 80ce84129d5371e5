import { describe, expect, it } from '@jest/globals';
import { OrganizationRegistered, SubscriberRegistered } from '@tokengrid/contracts';
import { partyId, walletId } from '../decisions/examples.fixture.ts';
import { openingFor } from './when-organization-registered-or-subscriber-registered-open-wallet.ts';

describe('when a party registers, open its wallet', () => {
  const sealed = `enc:v1:usr_${'1'.repeat(26)}:iv:text`;
  const owner = { userId: 'usr_1', name: sealed, email: sealed, passwordHash: sealed };

  it('opens an organization’s, under the id that derives from the party’s', () => {
    const registered = OrganizationRegistered({
      partyId,
      kind: 'provider',
      name: sealed,
      contactStreamId: 'contact-1',
      owner,
    });
    expect(openingFor(registered)).toEqual({ walletId, partyId, partyKind: 'provider' });
  });

  it('opens a subscriber’s', () => {
    const subscriberId = partyId.replace('org_', 'sub_');
    const registered = SubscriberRegistered({
      partyId: subscriberId,
      name: sealed,
      msisdn: sealed,
      contactStreamId: 'contact-1',
    });
    expect(openingFor(registered)).toEqual({ walletId, partyId: subscriberId, partyKind: 'subscriber' });
  });
});
