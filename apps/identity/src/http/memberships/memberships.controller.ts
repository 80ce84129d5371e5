import { Body, Controller, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import {
  Caller,
  cursorKey,
  Incoming,
  type IncomingCommand,
  notFound,
  page,
  type PageQuery,
  pageQuery,
  type Principal,
  Public,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { changeRole } from '../../decisions/memberships/change-role.ts';
import { endMembership } from '../../decisions/memberships/end-membership.ts';
import { withdrawInvitation } from '../../decisions/memberships/withdraw-invitation.ts';
import { AcceptingInvitations } from '../../flows/accepting-invitations.ts';
import { Readings } from '../../flows/readings.ts';
import { InvitingPeople } from '../../flows/inviting-people.ts';
import { PartyDirectory } from '../../projections/party-directory.ts';
import { PeopleDirectory } from '../../projections/people-directory.ts';
import { PeopleViews } from '../../projections/people-views.ts';
import { Parties } from '../../streams/parties.ts';
import {
  AcceptanceRequest,
  InvitationAnswer,
  InvitationList,
  InvitationRequest,
  MembershipAnswer,
  PeopleOfParty,
  RoleRequest,
} from './memberships.requests.ts';
import { mustBeGivableRole } from './roles-given.ts';

/** Cursor of a list of members or invitations. */
const keyOfList = z.string();

/** People who act for a party, and their invitations. */
@Controller('v1/parties/:partyId')
export class MembershipsController {
  constructor(
    private readonly inviting: InvitingPeople,
    private readonly accepting: AcceptingInvitations,
    private readonly parties: Parties,
    private readonly directory: PartyDirectory,
    private readonly people: PeopleDirectory,
    private readonly views: PeopleViews,
    private readonly readings: Readings,
  ) {}

  /**
   * Invites a person to the party by e-mail. Your key has all scopes of the role. The answer is the
   * same whether the address has an account; the secret is in the mail alone, which a repeat sends
   * again. An earlier invitation of the address ends.
   */
  @Post('invitations')
  @Requires('identity:people:write')
  @Refuses('invitePerson', 'UNAVAILABLE')
  @Responds(201, InvitationAnswer)
  async invitePerson(
    @Param('partyId') partyId: string,
    @Body({ schema: InvitationRequest }) { email, role }: InvitationRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { kind } = await this.holder(caller, partyId);
    mustBeGivableRole(role, caller, kind);
    return this.inviting.invite(incoming, { partyId, email, role, invitedBy: caller.keyId });
  }

  /**
   * Lists the open invitations of a party, the oldest first. They are not accepted or withdrawn,
   * and may have expired. An address is null where it can't be read.
   */
  @Get('invitations')
  @Requires('identity:parties:read')
  @Refuses('NOT_FOUND')
  @Responds(200, InvitationList)
  async listInvitations(
    @Param('partyId') partyId: string,
    @Query({ schema: pageQuery }) { limit, cursor }: PageQuery,
    @Caller() caller: Principal,
    @Req() { id }: FastifyRequest,
  ) {
    await this.directory.holder(caller, partyId);
    const rows = await this.people.invitationsOf(partyId, cursorKey(cursor, keyOfList) ?? '', limit + 1);
    const shown = await this.views.ofInvitations(rows);
    await this.readings.byCaller(caller, id, { partyId, fields: shown.some(isRead) ? ['people'] : [] });
    return page(
      shown,
      limit,
      ({ invitationId }) => invitationId,
      (row) => row,
    );
  }

  /**
   * Withdraws an invitation. Its secret works no more, and its address is forgotten unless it is
   * that of a person with an account.
   */
  @Delete('invitations/:invitationId')
  @Requires('identity:people:write')
  @Refuses('withdrawInvitation', 'NOT_FOUND')
  @Responds(204)
  async withdrawInvitation(
    @Param('partyId') partyId: string,
    @Param('invitationId') invitationId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.holder(caller, partyId);
    return this.parties.handle(withdrawInvitation, incoming.to(partyId, { partyId, invitationId }));
  }

  /**
   * Accepts an invitation by the secret of its mail, which proves the address. A person without an
   * account gets one, with the name and the password of the request; whoever has one joins by the
   * secret alone.
   */
  @Post('invitations/:invitationId/accept')
  @Public()
  @Refuses('acceptInvitation', 'IDENTITY.EMAIL_TAKEN', 'IDENTITY.REGISTRATION_LAPSED', 'IDENTITY.PERSON_ERASED')
  @Responds(200, MembershipAnswer)
  acceptInvitation(
    @Param('partyId') partyId: string,
    @Param('invitationId') invitationId: string,
    @Body({ schema: AcceptanceRequest }) accepted: AcceptanceRequest,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.accepting.accept(incoming, { partyId, invitationId, ...accepted });
  }

  /**
   * Lists the people of a party by id, with their roles. Names and addresses are null where they
   * are erased or can't be read.
   */
  @Get('people')
  @Requires('identity:parties:read')
  @Refuses('NOT_FOUND')
  @Responds(200, PeopleOfParty)
  async listPeople(
    @Param('partyId') partyId: string,
    @Query({ schema: pageQuery }) { limit, cursor }: PageQuery,
    @Caller() caller: Principal,
    @Req() { id }: FastifyRequest,
  ) {
    await this.directory.holder(caller, partyId);
    const rows = await this.people.membershipsOf(partyId, cursorKey(cursor, keyOfList) ?? '', limit + 1);
    const shown = await this.views.ofMemberships(rows);
    await this.readings.byCaller(caller, id, { partyId, fields: shown.some(isRead) ? ['people'] : [] });
    return page(
      shown,
      limit,
      ({ userId }) => userId,
      (row) => row,
    );
  }

  /** Gives a member another role. Your key has all scopes of both. */
  @Post('people/:userId/role')
  @Requires('identity:people:write')
  @Refuses('changeRole', 'NOT_FOUND')
  @Responds(200, MembershipAnswer)
  async changeRole(
    @Param('partyId') partyId: string,
    @Param('userId') userId: string,
    @Body({ schema: RoleRequest }) { role }: RoleRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { kind } = await this.holder(caller, partyId);
    mustBeGivableRole(role, caller, kind);
    await this.mustReach(partyId, userId, caller);
    return this.parties.handle(changeRole, incoming.to(partyId, { partyId, userId, role }));
  }

  /**
   * Ends a membership: the person acts for the party no more, within a second in every service.
   * Your key has all scopes of the member's role.
   */
  @Delete('people/:userId')
  @Requires('identity:people:write')
  @Refuses('endMembership', 'NOT_FOUND')
  @Responds(204)
  async endMembership(
    @Param('partyId') partyId: string,
    @Param('userId') userId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.holder(caller, partyId);
    await this.mustReach(partyId, userId, caller);
    return this.parties.handle(endMembership, incoming.to(partyId, { partyId, userId }));
  }

  /** A party whose people the caller may change: a person acts for one party alone. */
  private holder(caller: Principal, partyId: string) {
    if (caller.person && caller.partyId !== partyId) throw notFound(`no such party of yours: ${partyId}`);
    return this.directory.holder(caller, partyId);
  }

  /** @throws ProblemError 404 for no member, 403 for one whose role the caller could not give */
  private async mustReach(partyId: string, userId: string, caller: Principal): Promise<void> {
    const member = await this.people.membership(partyId, userId);
    if (!member) throw notFound(`no such member of the party: ${userId}`);
    mustBeGivableRole(member.role, caller, member.partyKind);
  }
}

/** True if an entry has personal data. */
const isRead = ({ email }: { readonly email: string | null }): boolean => email !== null;
