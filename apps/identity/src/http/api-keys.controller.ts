import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { instantOf } from '@tokengrid/contracts';
import {
  Caller,
  HttpAnswer,
  Incoming,
  type IncomingCommand,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { revokeApiKey } from '../decisions/revoke-api-key.ts';
import { IssuingApiKeys } from '../issuing-api-keys.ts';
import { Parties } from '../parties.ts';
import type { PartyKeyRow } from '../projections/party-keys.table.ts';
import { PartyDirectory } from '../projections/party-directory.ts';
import { ApiKeyList, ApiKeyRequest, IssuedApiKey, RotationRequest } from './identity.requests.ts';
import { PageQuery, pageOf } from './pages.ts';
import { mustBeGivable } from './scopes-given.ts';

const secondMs = 1000;

/** A party's API keys. */
@ApiTags('API keys')
@Controller('v1')
export class ApiKeysController {
  constructor(
    private readonly issuing: IssuingApiKeys,
    private readonly parties: Parties,
    private readonly directory: PartyDirectory,
  ) {}

  /** Issues another key, with scopes that the caller's own key has. */
  @Post('parties/:partyId/api-keys')
  @Requires('identity:api-keys:write')
  @Responds(201, IssuedApiKey, 'the key; its secret is shown here, and to repeats of the request for 7 days')
  async issue(
    @Param('partyId') partyId: string,
    @Body({ schema: ApiKeyRequest }) { name, scopes, expiresAt }: ApiKeyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { kind } = await this.directory.party(caller, partyId);
    mustBeGivable(scopes, caller, kind);
    const end = expiresAt === undefined ? null : Date.parse(expiresAt);
    return this.issuing.issue(incoming, { partyId, name, scopes, expiresAt: end });
  }

  /** A party's keys, oldest first, those that are over too. Secrets are never shown again. */
  @Get('parties/:partyId/api-keys')
  @Requires('identity:parties:read')
  @Responds(200, ApiKeyList)
  async list(
    @Param('partyId') partyId: string,
    @Query({ schema: PageQuery }) { limit, cursor }: PageQuery,
    @Caller() caller: Principal,
  ) {
    await this.directory.party(caller, partyId);
    const page = pageOf(await this.directory.keysOf(partyId, cursor, limit + 1), limit, ({ keyId }) => keyId);
    return { ...page, data: page.data.map((row) => listed(row, Date.now())) };
  }

  /**
   * Gives a key a successor with its name, scopes and end. Both work for the overlap, then the old one ends. The caller's own
   * key needs all scopes of the one it rotates.
   */
  @Post('api-keys/:keyId/rotate')
  @Requires('identity:api-keys:write')
  @Responds(201, IssuedApiKey, 'the successor; its secret is shown here, and to repeats of the request for 7 days')
  async rotate(
    @Param('keyId') keyId: string,
    @Body({ schema: RotationRequest }) { overlapSeconds }: RotationRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { partyId, scopes } = await this.directory.key(caller, keyId);
    const { kind } = await this.directory.party(caller, partyId);
    mustBeGivable(scopes, caller, kind);
    return this.issuing.rotate(incoming, { partyId, keyId, scopes, overlapMs: overlapSeconds * secondMs });
  }

  /** Revokes a key: within a second it works nowhere. To revoke it again changes nothing. */
  @Delete('api-keys/:keyId')
  @Requires('identity:api-keys:write')
  @Responds(204)
  async revoke(@Param('keyId') keyId: string, @Caller() caller: Principal, @Incoming() incoming: IncomingCommand) {
    const { partyId, revoked } = await this.directory.key(caller, keyId);
    if (revoked) return new HttpAnswer(204, undefined);
    return this.parties.handle(revokeApiKey, incoming.to(partyId, { partyId, keyId }));
  }
}

function listed({ keyId, name, scopes, issuedAt, expiresAt, successorId, revoked }: PartyKeyRow, now: number) {
  const expired = expiresAt !== null && expiresAt <= now;
  return {
    id: keyId,
    name,
    scopes,
    status: revoked ? 'revoked' : expired ? 'expired' : 'active',
    issuedAt: instantOf(issuedAt),
    expiresAt: expiresAt === null ? null : instantOf(expiresAt),
    successorId,
  };
}
