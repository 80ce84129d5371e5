import { OauthClientDeleted, OauthClientRefused } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { activeClient } from '../rules/oauth-clients.ts';
import type { Party } from '../state/party.ts';

export interface DeleteOauthClient {
  readonly partyId: string;
  readonly clientId: string;
}

/** Deletes a client: it gets no more tokens, and those that it has stop working everywhere. */
export function deleteOauthClient(
  state: Party,
  { partyId, clientId }: DeleteOauthClient,
): Decided<'deleteOauthClient'> {
  if (!activeClient(state, clientId)) {
    return [OauthClientRefused({ partyId, clientId, code: 'IDENTITY.OAUTH_CLIENT_NOT_ACTIVE' })];
  }
  return [OauthClientDeleted({ clientId, partyId })];
}
