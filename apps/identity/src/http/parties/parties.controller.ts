import { Body, Controller, Delete, Get, Param, Post, Req } from '@nestjs/common';
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
import type { FastifyRequest } from 'fastify';
import { erasePersonalData } from '../../decisions/parties/erase-personal-data.ts';
import type { RecordReading } from '../../decisions/parties/record-reading.ts';
import { reinstateParty } from '../../decisions/parties/reinstate-party.ts';
import { suspendParty } from '../../decisions/parties/suspend-party.ts';
import { Parties } from '../../streams/parties.ts';
import { Readings } from '../../flows/readings.ts';
import { PartyDirectory } from '../../projections/party-directory.ts';
import { type PartyView, PartyViews } from '../../projections/party-views.ts';
import { EmptyRequest, MeAnswer, PartyAnswer, PartyStatus, SuspensionRequest } from './parties.requests.ts';

/** Parties and their status. */
@Controller('v1')
export class PartiesController {
  constructor(
    private readonly parties: Parties,
    private readonly directory: PartyDirectory,
    private readonly views: PartyViews,
    private readonly readings: Readings,
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

  /**
   * Gets a party with its personal data. Parties see themselves, the operator any: that is recorded
   * as an event, which the party's audit has.
   */
  @Get('parties/:partyId')
  @Requires('identity:parties:read')
  @Responds(200, PartyAnswer)
  async getParty(@Param('partyId') partyId: string, @Caller() caller: Principal, @Req() { id }: FastifyRequest) {
    const view = await this.views.of(await this.directory.party(caller, partyId));
    await this.readings.byCaller(caller, id, { partyId, fields: fieldsIn(view) });
    return view;
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

/** Personal data that a view has. */
function fieldsIn({ name, msisdn, owner }: PartyView): RecordReading['fields'] {
  return [
    ...(name === null ? [] : ['name' as const]),
    ...(typeof msisdn === 'string' ? ['msisdn' as const] : []),
    ...(owner && (owner.name ?? owner.email) !== null ? ['people' as const] : []),
  ];
}
