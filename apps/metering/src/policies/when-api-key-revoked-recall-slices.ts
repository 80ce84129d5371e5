import { Controller } from '@nestjs/common';
import type { ApiKeyRevoked, EventOf } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { Slices } from '../flows/slices.ts';

@Controller()
export class WhenApiKeyRevokedRecallSlices {
  constructor(private readonly slices: Slices) {}

  /** Calls back the slices that the caps of a revoked key bind. */
  @Policy({ name: 'when-api-key-revoked-recall-slices', from: identityCatalogue, on: ['ApiKeyRevoked'] })
  recall({ data: { partyId, keyId: key } }: Recorded<EventOf<typeof ApiKeyRevoked>>, reaction: Reaction) {
    const recall = { partyId, reason: 'key-revoked' as const, which: { key } };
    return this.slices.recall(reaction.to(payerStreamOf(partyId), recall));
  }
}
