import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
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
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { revokeApiKey } from '../decisions/revoke-api-key.ts';
import { IssuingApiKeys } from '../issuing-api-keys.ts';
import { Parties } from '../parties.ts';
import type { PartyKeyRow } from '../projections/party-keys.table.ts';
import { PartyDirectory } from '../projections/party-directory.ts';
import { ApiKeyList, ApiKeyRequest, IssuedApiKey, RotationRequest } from './identity.requests.ts';
import { mustBeGivable } from './scopes-given.ts';

const secondMs = 1000;
/** Where a page of keys ended. */
const keyOfList = z.string();

/** A party's API keys. */
@ApiTags('API keys')
@Controller('v1')
export class ApiKeysController {
  constructor(
    private readonly issuing: IssuingApiKeys,
    private readonly parties: Parties,
    private readonly directory: PartyDirectory,
    private readonly clock: StorageClock,
  ) {}

  @Post('parties/:partyId/api-keys')
  @ApiOperation({
    summary: "Issues another key, with scopes that the caller's own key has",
    description:
      'The operator issues keys of its own, one for each of its people, to the party `operator` with the scopes `["*"]`.',
  })
  @Requires('identity:api-keys:write')
  @Responds(201, IssuedApiKey, 'the key; its secret is shown here, and to repeats of the request for 7 days')
  async issue(
    @Param('partyId') partyId: string,
    @Body({ schema: ApiKeyRequest }) { name, scopes, expiresAt }: ApiKeyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { kind } = await this.directory.holder(caller, partyId);
    mustBeGivable(scopes, caller, kind);
    return this.issuing.issue(incoming, { partyId, name, scopes, expiresAt: expiresAt ?? null, caller });
  }

  @Get('parties/:partyId/api-keys')
  @ApiOperation({
    summary: "A party's keys, oldest first, those that are over too",
    description: 'Secrets are never shown again.',
  })
  @Requires('identity:parties:read')
  @Responds(200, ApiKeyList)
  async list(
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

  @Post('api-keys/:keyId/rotate')
  @ApiOperation({
    summary: 'Gives a key a successor with its name, scopes and end',
    description:
      "Both work for the overlap, then the old one ends. The caller's own key needs all scopes of the one it rotates. A key rotates itself, its predecessors and successors, and keys that these asked for; the operator's rotate all.",
  })
  @Requires('identity:api-keys:write')
  @Responds(201, IssuedApiKey, 'the successor; its secret is shown here, and to repeats of the request for 7 days')
  async rotate(
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

  @Delete('api-keys/:keyId')
  @ApiOperation({
    summary: 'Revokes a key: within a second it works nowhere',
    description:
      "To revoke it again changes nothing. A key revokes itself, its predecessors and successors, and keys that these asked for; the operator's revoke all.",
  })
  @Requires('identity:api-keys:write')
  @Responds(204)
  async revoke(@Param('keyId') keyId: string, @Caller() caller: Principal, @Incoming() incoming: IncomingCommand) {
    const { partyId, revoked } = await this.directory.keyInReach(caller, keyId);
    if (revoked) return new HttpAnswer(204, undefined);
    return this.parties.handle(revokeApiKey, incoming.to(partyId, { partyId, keyId }));
  }
}

function listed(row: PartyKeyRow, now: number) {
  const { keyId, name, scopes, issuedAt, expiresAt, mintedBy, successorId, revoked } = row;
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
  };
}
