import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  cursorKey,
  HttpAnswer,
  Incoming,
  type IncomingCommand,
  page,
  type PageQuery,
  pageQuery,
  permissionDenied,
  type Principal,
  Requires,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { revokeApiKey } from '../../decisions/api-keys/revoke-api-key.ts';
import { IssuingApiKeys } from '../../flows/issuing-api-keys.ts';
import { Parties } from '../../streams/parties.ts';
import type { PartyKeyRow } from '../../projections/party-keys.table.ts';
import { PartyDirectory } from '../../projections/party-directory.ts';
import { ApiKeyList, ApiKeyRequest, IssuedApiKey, MintedKeyRequest, RotationRequest } from './api-keys.requests.ts';
import { mustBeGivable } from './scopes-given.ts';

const secondMs = 1000;
/** Cursor of a list of keys. */
const keyOfList = z.string();

/** A party's API keys. */
@Controller('v1')
export class ApiKeysController {
  constructor(
    private readonly issuing: IssuingApiKeys,
    private readonly parties: Parties,
    private readonly directory: PartyDirectory,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Issues an API key with scopes that the caller's own key has. The operator issues its keys to
   * the party `operator` with the scopes `["*"]`, one for each of its people.
   *
   * What a key with limits, an end or a parent issues is minted from it, as at `POST /v1/api-keys`.
   */
  @Post('parties/:partyId/api-keys')
  @Requires('identity:api-keys:write')
  @Refuses('issueApiKey', 'SECRET_ALREADY_SHOWN')
  @Responds(201, IssuedApiKey, 'Key; the secret is shown here, and to repeats of the request for 7 days')
  async issueApiKey(
    @Param('partyId') partyId: string,
    @Body({ schema: ApiKeyRequest }) asked: ApiKeyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { kind } = await this.directory.holder(caller, partyId);
    mustBeGivable(asked.scopes, caller, kind);
    return this.issuing.issue(incoming, { partyId, ...asked, expiresAt: asked.expiresAt ?? null, caller });
  }

  /**
   * Mints an API key from the caller's own, for an agent. It may do nothing that your key may not,
   * has your key's limits where it asks for none, counts towards them, and ends when your key is
   * revoked, expires, or is over after a rotation. The operator's keys mint none.
   */
  @Post('api-keys')
  @Requires('identity:api-keys:write')
  @Refuses('issueApiKey', 'SECRET_ALREADY_SHOWN')
  @Responds(201, IssuedApiKey, 'Key; the secret is shown here, and to repeats of the request for 7 days')
  async mintApiKey(
    @Body({ schema: MintedKeyRequest }) asked: MintedKeyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { partyId, kind } = caller;
    if (kind === 'operator' || kind === 'anonymous') throw permissionDenied("the operator's keys mint no others");
    mustBeGivable(asked.scopes, caller, kind);
    return this.issuing.issue(incoming, { partyId, ...asked, caller, endsWithMinter: true });
  }

  /**
   * Lists the API keys of a party, the oldest first, ended ones too. Secrets are never shown again.
   */
  @Get('parties/:partyId/api-keys')
  @Requires('identity:parties:read')
  @Responds(200, ApiKeyList)
  async listApiKeys(
    @Param('partyId') partyId: string,
    @Query({ schema: pageQuery }) { limit, cursor }: PageQuery,
    @Caller() caller: Principal,
  ) {
    await this.directory.holder(caller, partyId);
    const after = cursorKey(cursor, keyOfList) ?? '';
    const rows = await this.directory.keysOf(partyId, after, limit + 1);
    const now = this.clock.now();
    return page(
      rows,
      limit,
      ({ keyId }) => keyId,
      (row) => listed(row, now),
    );
  }

  /**
   * Rotates an API key: a successor gets its name, scopes and end, and both work for the overlap. A
   * key with all these scopes rotates itself, its predecessors and successors, and keys that these
   * asked for; the operator's rotate all.
   */
  @Post('api-keys/:keyId/rotate')
  @Requires('identity:api-keys:write')
  @Refuses('rotateApiKey', 'SECRET_ALREADY_SHOWN')
  @Responds(201, IssuedApiKey, 'Successor; the secret is shown here, and to repeats of the request for 7 days')
  async rotateApiKey(
    @Param('keyId') keyId: string,
    @Body({ schema: RotationRequest }) { overlapSeconds }: RotationRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { partyId, scopes } = await this.directory.keyInReach(caller, keyId);
    const { kind } = await this.directory.holder(caller, partyId);
    mustBeGivable(scopes, caller, kind);
    const overlapMs = overlapSeconds * secondMs;
    return this.issuing.rotate(incoming, { partyId, keyId, scopes, overlapMs, caller });
  }

  /**
   * Revokes an API key: it stops working within a second, in every service. A key revokes itself,
   * its predecessors and successors, and keys that these asked for; the operator's revoke all, and
   * a repeat changes nothing.
   */
  @Delete('api-keys/:keyId')
  @Requires('identity:api-keys:write')
  @Refuses('revokeApiKey')
  @Responds(204)
  async revokeApiKey(
    @Param('keyId') keyId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { partyId, revoked } = await this.directory.keyInReach(caller, keyId);
    if (revoked) return new HttpAnswer(204, undefined);
    return this.parties.handle(revokeApiKey, incoming.to(partyId, { partyId, keyId }));
  }
}

function listed(row: PartyKeyRow, now: number) {
  const { keyId, name, scopes, issuedAt, expiresAt, mintedBy, successorId, revoked, parent, limits } = row;
  const expired = expiresAt !== null && expiresAt <= now;
  return {
    id: keyId,
    name,
    scopes,
    status: revoked ? 'revoked' : expired ? 'expired' : 'active',
    issuedAt: instantOf(issuedAt),
    expiresAt: expiresAt === null ? null : instantOf(expiresAt),
    mintedBy,
    successorId,
    ...(parent !== null && { parent }),
    ...limits,
  };
}
