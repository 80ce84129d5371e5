import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Authenticated,
  Caller,
  HttpAnswer,
  Incoming,
  type IncomingCommand,
  OperatorOnly,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { erasePersonalData } from '../decisions/erase-personal-data.ts';
import { reinstateParty } from '../decisions/reinstate-party.ts';
import { suspendParty } from '../decisions/suspend-party.ts';
import { Parties } from '../parties.ts';
import { PartyDirectory } from '../projections/party-directory.ts';
import { PartyViews } from '../projections/party-views.ts';
import { EmptyRequest, MeAnswer, PartyAnswer, PartyStatus, SuspensionRequest } from './identity.requests.ts';

/** Parties as they are, and what becomes of them. */
@ApiTags('parties')
@Controller('v1')
export class PartiesController {
  constructor(
    private readonly parties: Parties,
    private readonly directory: PartyDirectory,
    private readonly views: PartyViews,
  ) {}

  @Get('me')
  @ApiOperation({ summary: 'Who the caller is: the party, and the key that was shown' })
  @Authenticated()
  @Responds(200, MeAnswer)
  async me(@Caller() caller: Principal) {
    const { partyId, kind, keyId, scopes } = caller;
    if (kind === 'operator') return { partyId, kind, status: 'active', name: null, keyId, scopes };
    return { ...(await this.views.of(await this.directory.party(caller, partyId))), keyId, scopes };
  }

  @Get('parties/:partyId')
  @ApiOperation({ summary: "A party with its personal data: the caller's own, or any for the operator" })
  @Requires('identity:parties:read')
  @Responds(200, PartyAnswer)
  async find(@Param('partyId') partyId: string, @Caller() caller: Principal) {
    return this.views.of(await this.directory.party(caller, partyId));
  }

  @Post('parties/:partyId/suspend')
  @ApiOperation({
    summary: 'Stops all keys of a party until it is reinstated: within a second they work nowhere',
    description: '409 `PARTY.SUSPENDED`.',
  })
  @OperatorOnly()
  @Responds(200, PartyStatus)
  async suspend(
    @Param('partyId') partyId: string,
    @Body({ schema: SuspensionRequest }) { reason }: SuspensionRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.party(caller, partyId);
    return this.parties.handle(suspendParty, incoming.to(partyId, { partyId, reason }));
  }

  @Post('parties/:partyId/reinstate')
  @ApiOperation({ summary: 'Lifts a suspension', description: '409 `PARTY.NOT_SUSPENDED`.' })
  @OperatorOnly()
  @Responds(200, PartyStatus)
  async reinstate(
    @Param('partyId') partyId: string,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.party(caller, partyId);
    return this.parties.handle(reinstateParty, incoming.to(partyId, { partyId }));
  }

  @Delete('parties/:partyId/personal-data')
  @ApiOperation({
    summary:
      "Erases what is known of a party's persons for good: the keys that open it are destroyed, and its address or number is free again",
    description: 'API keys and tokens stay. To erase again changes nothing.',
  })
  @Requires('identity:personal-data:write')
  @Responds(204)
  async erase(@Param('partyId') partyId: string, @Caller() caller: Principal, @Incoming() incoming: IncomingCommand) {
    const { erased } = await this.directory.party(caller, partyId);
    if (erased) return new HttpAnswer(204, undefined);
    return this.parties.handle(erasePersonalData, incoming.to(partyId, { partyId }));
  }
}
