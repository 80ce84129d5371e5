import { type ClientKey, OauthClientRefused, OauthClientRegistered } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { type Descent, isExpired, isLineTooLong } from '../rules/api-keys.ts';
import type { Decided } from '../rules/decided.ts';
import { isBounded } from '../rules/narrower.ts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

/** A new client; its secret stays with the caller, the hash of it comes here. */
export interface ClientToRegister {
  readonly clientId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Hex SHA-256 of the secret; absent for a client with public keys. */
  readonly secretHash?: string | undefined;
  readonly publicKeys?: readonly ClientKey[] | undefined;
  /** URLs to which people return; absent for a client of programs alone. */
  readonly redirectUris?: readonly string[] | undefined;
}

export interface RegisterOauthClient {
  readonly partyId: string;
  readonly client: ClientToRegister;
  readonly descent: Pick<Descent, 'people' | 'keys'> & { readonly mintedBy: string };
}

/** Maximum number of a party's OAuth clients. */
export const maxOauthClients = 100;

/**
 * Registers an OAuth client of a party. It descends from the API key that requests it, whose caps
 * bind it; a key with limits or an end requests none, because the client would outlive them.
 */
export function registerOauthClient(
  state: Party,
  { partyId, client, descent }: RegisterOauthClient,
  { time }: DecisionContext,
): Decided<'registerOauthClient'> {
  if (!isRegistered(state) || state.kind === 'operator') {
    return [OauthClientRefused({ partyId, code: 'NOT_FOUND' })];
  }
  const minter = state.keys.find(({ keyId }) => keyId === descent.mintedBy);
  if (!minter || isExpired(minter, time)) {
    return [OauthClientRefused({ partyId, code: 'IDENTITY.API_KEY_NOT_ACTIVE' })];
  }
  if (isBounded(minter)) return [OauthClientRefused({ partyId, code: 'IDENTITY.API_KEY_LIMITED' })];
  if (isLineTooLong(descent)) return [OauthClientRefused({ partyId, code: 'IDENTITY.API_KEY_LINE_TOO_LONG' })];
  if (state.clients.length >= maxOauthClients) {
    return [OauthClientRefused({ partyId, code: 'IDENTITY.TOO_MANY_OAUTH_CLIENTS' })];
  }
  const { clientId, name, scopes, secretHash, publicKeys, redirectUris } = client;
  return [
    OauthClientRegistered({
      ...{ clientId, partyId, partyKind: state.kind, mintedBy: descent.mintedBy, name, scopes: [...scopes] },
      ...(secretHash !== undefined && { secretHash }),
      ...(publicKeys && { publicKeys: [...publicKeys] }),
      ...(redirectUris && { redirectUris: [...redirectUris] }),
    }),
  ];
}
