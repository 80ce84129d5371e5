import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import {
  Authenticated,
  Caller,
  HttpAnswer,
  Incoming,
  type IncomingCommand,
  OperatorOnly,
  type Principal,
  Requires,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { erasePersonalData } from '../../decisions/parties/erase-personal-data.ts';
import { reinstateParty } from '../../decisions/parties/reinstate-party.ts';
import { suspendParty } from '../../decisions/parties/suspend-party.ts';
import { Parties } from '../../streams/parties.ts';
import { PartyDirectory } from '../../projections/party-directory.ts';
import { PartyViews } from '../../projections/party-views.ts';
import { EmptyRequest, MeAnswer, PartyAnswer, PartyStatus, SuspensionRequest } from './parties.requests.ts';

/** Parties and their status. */
@Controller('v1')
export class PartiesController {
  constructor(
    private readonly parties: Parties,
    private readonly directory: PartyDirectory,
    private readonly views: PartyViews,
  ) {}

  /**
   * Gets the caller: its party, and the API key of the request. A key without any scope may ask,
   * too.
   */
  @Get('me')
  @Authenticated()
  @Responds(200, MeAnswer)
  async getCaller(@Caller() caller: Principal) {
    const { partyId, kind, keyId, scopes } = caller;
    if (kind === 'operator') return { partyId, kind, status: 'active', name: null, keyId, scopes };
    return { ...(await this.views.of(await this.directory.party(caller, partyId))), keyId, scopes };
  }

  /** Gets a party with its personal data. Parties see themselves, the operator any. */
  @Get('parties/:partyId')
  @Requires('identity:parties:read')
  @Responds(200, PartyAnswer)
  async getParty(@Param('partyId') partyId: string, @Caller() caller: Principal) {
    return this.views.of(await this.directory.party(caller, partyId));
  }

  /** Suspends a party. All its keys stop working within a second, in every service. */
  @Post('parties/:partyId/suspend')
  @OperatorOnly()
  @Refuses('suspendParty')
  @Responds(200, PartyStatus)
  async suspendParty(
    @Param('partyId') partyId: string,
    @Body({ schema: SuspensionRequest }) { reason }: SuspensionRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.party(caller, partyId);
    return this.parties.handle(suspendParty, incoming.to(partyId, { partyId, reason }));
  }

  /** Lifts the suspension of a party. Its keys work again within a second. */
  @Post('parties/:partyId/reinstate')
  @OperatorOnly()
  @Refuses('reinstateParty')
  @Responds(200, PartyStatus)
  async reinstateParty(
    @Param('partyId') partyId: string,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.party(caller, partyId);
    return this.parties.handle(reinstateParty, incoming.to(partyId, { partyId }));
  }

  /**
   * Erases the personal data of a party, for good: the keys that open it are destroyed. Its address
   * or number is free again, API keys and tokens stay, and a repeat changes nothing.
   */
  @Delete('parties/:partyId/personal-data')
  @Requires('identity:personal-data:write')
  @Refuses('erasePersonalData')
  @Responds(204)
  async erasePersonalData(
    @Param('partyId') partyId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { erased } = await this.directory.party(caller, partyId);
    if (erased) return new HttpAnswer(204, undefined);
    return this.parties.handle(erasePersonalData, incoming.to(partyId, { partyId }));
  }
}
