import { Controller, Delete, Param } from '@nestjs/common';
import {
  HttpAnswer,
  Incoming,
  type IncomingCommand,
  notFound,
  OperatorOnly,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { erasePerson } from '../../decisions/people/erase-person.ts';
import { PeopleDirectory } from '../../projections/people-directory.ts';
import { People } from '../../streams/people.ts';

/** People, whatever parties they act for. */
@Controller('v1/people')
export class PeopleController {
  constructor(
    private readonly people: People,
    private readonly directory: PeopleDirectory,
  ) {}

  /**
   * Erases the personal data of a person, for good. The key that opens it is destroyed, the address
   * is free again, and the person signs in no more. Whoever registered an organization is
   * erased with the personal data of that one. A repeat changes nothing.
   */
  @Delete(':userId/personal-data')
  @OperatorOnly()
  @Refuses('erasePerson', 'NOT_FOUND')
  @Responds(204)
  async erasePerson(@Param('userId') userId: string, @Incoming() incoming: IncomingCommand) {
    const known = (await this.directory.peopleOf([userId])).get(userId);
    if (!known) throw notFound(`no such person: ${userId}`);
    const { contactStreamId, erased } = known;
    if (erased) return new HttpAnswer(204, undefined);
    const command = { userId, contactStreamId, isOrganizationErased: false };
    return this.people.handle(erasePerson, incoming.to(userId, command));
  }
}
