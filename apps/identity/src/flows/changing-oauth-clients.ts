import { Inject, Injectable } from '@nestjs/common';
import type { ClientKey, IdentityEvent } from '@tokengrid/contracts';
import { EventStore, type Outcome } from '@tokengrid/event-store';
import { laneOf } from '@tokengrid/kernel';
import { type IncomingCommand, newIdIn, type Principal } from '@tokengrid/service';
import { registerOauthClient } from '../decisions/oauth-clients/register-oauth-client.ts';
import { rotateClientSecret } from '../decisions/oauth-clients/rotate-client-secret.ts';
import { IssuedSecrets } from '../key-store/issued-secrets.ts';
import { Parties } from '../streams/parties.ts';

/** A requested client: with public keys, or with a secret of ours. */
export interface WantedClient {
  readonly partyId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly publicKeys?: readonly ClientKey[] | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly caller: Principal;
}

/** A requested secret. */
export interface WantedSecret {
  readonly partyId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly overlapMs: number;
}

/**
 * Registers OAuth clients and rotates their secrets, which are sealed first: a repeat, or a retry
 * after a crash, shows the same secret.
 */
@Injectable()
export class ChangingOauthClients {
  constructor(
    private readonly secrets: IssuedSecrets,
    private readonly parties: Parties,
    @Inject(EventStore) private readonly store: Pick<EventStore, 'lanes'>,
  ) {}

  /** Registers a client of the caller's party. */
  async register(incoming: IncomingCommand, wanted: WantedClient): Promise<Outcome<IdentityEvent>> {
    const { partyId, name, scopes, publicKeys, redirectUris, caller } = wanted;
    // In the lane of its party, where its rows are.
    const { lanes } = this.store;
    const newId = newIdIn('cli', laneOf(partyId, lanes), lanes);
    const settled = publicKeys
      ? { keyId: newId, secretHash: undefined }
      : await this.secrets.settle(incoming, { partyId, personId: undefined, keyId: newId, scopes });
    const { keyId: clientId, secretHash } = settled;
    const client = { clientId, name, scopes, secretHash, publicKeys, redirectUris };
    const descent = { mintedBy: caller.keyId, people: caller.people.length + 1, keys: caller.line.length + 1 };
    return this.parties.handle(registerOauthClient, incoming.to(partyId, { partyId, client, descent }));
  }

  /** Gives a client another secret. */
  async rotate(incoming: IncomingCommand, wanted: WantedSecret): Promise<Outcome<IdentityEvent>> {
    const { partyId, clientId, scopes, overlapMs } = wanted;
    const issue = { partyId, personId: undefined, keyId: clientId, scopes };
    const { secretHash } = await this.secrets.settle(incoming, issue);
    const data = { partyId, clientId, secretHash, overlapMs };
    return this.parties.handle(rotateClientSecret, incoming.to(partyId, data));
  }
}
