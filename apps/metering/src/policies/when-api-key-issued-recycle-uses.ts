import { Controller } from '@nestjs/common';
import type { ApiKeyIssued, EventOf } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { type Arrival, Recycling } from '../flows/recycling.ts';

type Issued = EventOf<typeof ApiKeyIssued>;

@Controller()
export class WhenApiKeyIssuedRecycleUses {
  constructor(private readonly recycling: Recycling) {}

  /** Rates usage with a key that was reported before the key was known. */
  @Policy({ name: 'when-api-key-issued-recycle-uses', from: identityCatalogue, on: ['ApiKeyIssued'] })
  recycleUses(event: Recorded<Issued>, reaction: Reaction) {
    return this.recycling.release(keyArrival(event), reaction);
  }
}

/** Arrival of a key. */
function keyArrival({ data: { keyId, partyId } }: Issued): Arrival {
  return { about: { key: keyId }, needs: () => [`key:${partyId}:${keyId}`], isIn: ({ keys }) => keys.has(keyId) };
}
