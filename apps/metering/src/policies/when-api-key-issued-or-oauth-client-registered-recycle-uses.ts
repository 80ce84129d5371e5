import { Controller } from '@nestjs/common';
import type { ApiKeyIssued, EventOf, OauthClientRegistered } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { type Arrival, Recycling } from '../flows/recycling.ts';

type Issued = EventOf<typeof ApiKeyIssued | typeof OauthClientRegistered>;

@Controller()
export class WhenApiKeyIssuedOrOauthClientRegisteredRecycleUses {
  constructor(private readonly recycling: Recycling) {}

  /** Rates usage with a key that was reported before the key was known. */
  @Policy({
    name: 'when-api-key-issued-or-oauth-client-registered-recycle-uses',
    from: identityCatalogue,
    on: ['ApiKeyIssued', 'OauthClientRegistered'],
  })
  recycleUses(event: Recorded<Issued>, reaction: Reaction) {
    return this.recycling.release(keyArrival(event), reaction);
  }
}

/** Arrival of a key, or of an OAuth client, which uses as a key does. */
function keyArrival({ data }: Issued): Arrival {
  const { partyId } = data;
  const keyId = 'clientId' in data ? data.clientId : data.keyId;
  return { about: { key: keyId }, needs: () => [`key:${partyId}:${keyId}`], isIn: ({ keys }) => keys.has(keyId) };
}
