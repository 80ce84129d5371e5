import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import {
  Caller,
  cursorKey,
  HttpAnswer,
  Incoming,
  type IncomingCommand,
  invalidArgument,
  page,
  permissionDenied,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { deleteOauthClient } from '../../decisions/oauth-clients/delete-oauth-client.ts';
import { ChangingOauthClients } from '../../flows/changing-oauth-clients.ts';
import { notForClients } from '../../oauth/services.ts';
import { ClientDirectory } from '../../projections/client-directory.ts';
import type { OauthClientRow } from '../../projections/oauth-clients.table.ts';
import { PartyDirectory } from '../../projections/party-directory.ts';
import { Parties } from '../../streams/parties.ts';
import { mustBeGivable } from '../api-keys/scopes-given.ts';
import {
  OauthClientList,
  OauthClientQuery,
  OauthClientRequest,
  RegisteredOauthClient,
  RotatedSecret,
  SecretRotationRequest,
} from './oauth-clients.requests.ts';

const secondMs = 1000;
/** Cursor of a list of clients. */
const keyOfList = z.string();

/** A party's OAuth clients. */
@Controller('v1/oauth-clients')
export class OauthClientsController {
  constructor(
    private readonly changing: ChangingOauthClients,
    private readonly parties: Parties,
    private readonly clients: ClientDirectory,
    private readonly directory: PartyDirectory,
  ) {}

  /**
   * Registers an OAuth client of the caller's party. It gets access tokens at `POST /oauth/token`,
   * by its secret or, with `publicKeys`, by assertions that it signs (`private_key_jwt`). With
   * `redirectUris` it signs people in by the authorization code grant, too, with PKCE. Its scopes
   * are scopes of your key; none of them may issue keys or register clients. Caps on your key bind
   * it. The operator's keys register none.
   */
  @Post()
  @Requires('identity:oauth-clients:write')
  @Refuses('registerOauthClient', 'SECRET_ALREADY_SHOWN')
  @Responds(201, RegisteredOauthClient, 'Client; the secret is shown here, and to repeats of the request for 7 days')
  async registerOauthClient(
    @Body({ schema: OauthClientRequest }) asked: OauthClientRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { partyId, kind } = caller;
    if (kind === 'operator' || kind === 'anonymous') throw permissionDenied("the operator's keys register no clients");
    mustBeGivable(asked.scopes, caller, kind);
    mustBeOfClients(asked.scopes);
    return this.changing.register(incoming, { partyId, ...asked, caller });
  }

  /**
   * Lists the OAuth clients of a party, the oldest first, deleted ones too. Secrets are never shown
   * again.
   */
  @Get()
  @Requires('identity:parties:read')
  @Refuses('NOT_FOUND')
  @Responds(200, OauthClientList)
  async listOauthClients(
    @Query({ schema: OauthClientQuery }) { limit, cursor, party }: OauthClientQuery,
    @Caller() caller: Principal,
  ) {
    const partyId = party ?? caller.partyId;
    await this.directory.holder(caller, partyId);
    const rows = await this.clients.clientsOf(partyId, cursorKey(cursor, keyOfList) ?? '', limit + 1);
    return page(rows, limit, ({ clientId }) => clientId, listed);
  }

  /**
   * Rotates the secret of an OAuth client. The new one works at once, and the earlier one until the
   * end of the overlap. A key changes the clients that its person, or a key requested by it,
   * registered; the operator's change all.
   */
  @Post(':clientId/rotate')
  @Requires('identity:oauth-clients:write')
  @Refuses('rotateClientSecret', 'SECRET_ALREADY_SHOWN')
  @Responds(201, RotatedSecret, 'Secret; it is shown here, and to repeats of the request for 7 days')
  async rotateClientSecret(
    @Param('clientId') clientId: string,
    @Body({ schema: SecretRotationRequest }) { overlapSeconds }: SecretRotationRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { partyId, scopes } = await this.clients.inReach(caller, clientId);
    const { kind } = await this.directory.holder(caller, partyId);
    mustBeGivable(scopes, caller, kind);
    return this.changing.rotate(incoming, { partyId, clientId, scopes, overlapMs: overlapSeconds * secondMs });
  }

  /**
   * Deletes an OAuth client: its access tokens stop working within a second, in every service. A
   * key deletes the clients that its person, or a key requested by it, registered; the operator's
   * delete all, and a repeat changes nothing.
   */
  @Delete(':clientId')
  @Requires('identity:oauth-clients:write')
  @Refuses('deleteOauthClient')
  @Responds(204)
  async deleteOauthClient(
    @Param('clientId') clientId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { partyId, deleted } = await this.clients.inReach(caller, clientId);
    if (deleted) return new HttpAnswer(204, undefined);
    return this.parties.handle(deleteOauthClient, incoming.to(partyId, { partyId, clientId }));
  }
}

/** @throws ProblemError 400 for a scope that would give a client credentials of its own */
function mustBeOfClients(scopes: readonly string[]): void {
  const errors = scopes.flatMap((scope, index) =>
    notForClients.includes(scope) ? [{ pointer: `/scopes/${index}`, detail: `${scope} is not for clients` }] : [],
  );
  if (errors.length > 0) throw invalidArgument(errors[0]!.detail, errors);
}

function listed(row: OauthClientRow) {
  const { clientId, name, scopes, publicKeys, redirectUris, deleted, registeredAt, mintedBy } = row;
  return {
    ...{ clientId, name, scopes, status: deleted ? 'deleted' : 'active', registeredAt: instantOf(registeredAt) },
    mintedBy,
    ...(publicKeys && { publicKeys }),
    ...(redirectUris && { redirectUris }),
  };
}
