import { Controller } from '@nestjs/common';
import type { ApiKeyRevoked, EventOf, OauthClientDeleted } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { Slices } from '../flows/slices.ts';

@Controller()
export class WhenApiKeyRevokedOrOauthClientDeletedRecallSlices {
  constructor(private readonly slices: Slices) {}

  /** Calls back the slices that the caps of a revoked key, or of a deleted client, bind. */
  @Policy({
    name: 'when-api-key-revoked-or-oauth-client-deleted-recall-slices',
    from: identityCatalogue,
    on: ['ApiKeyRevoked', 'OauthClientDeleted'],
  })
  recall({ data }: Recorded<EventOf<typeof ApiKeyRevoked | typeof OauthClientDeleted>>, reaction: Reaction) {
    const { partyId } = data;
    const key = 'clientId' in data ? data.clientId : data.keyId;
    const recall = { partyId, reason: 'key-revoked' as const, which: { key } };
    return this.slices.recall(reaction.to(payerStreamOf(partyId), recall));
  }
}
