import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '@tokengrid/event-store';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import { laneOf } from '@tokengrid/kernel';
import { rowsAfter } from '@tokengrid/service';
import { DataSource, In, type Repository } from 'typeorm';
import { InvitationRow, MembershipRow } from './memberships.table.ts';
import { PersonRow } from './people.table.ts';

/** Finds people and their memberships. */
@Injectable()
export class PeopleDirectory {
  private readonly people: Repository<PersonRow>;
  private readonly members: Repository<MembershipRow>;
  private readonly invitations: Repository<InvitationRow>;

  constructor(
    source: DataSource,
    @Inject(EventStore) private readonly store: Pick<EventStore, 'lanes'>,
  ) {
    this.people = source.getRepository(PersonRow);
    this.members = source.getRepository(MembershipRow);
    this.invitations = source.getRepository(InvitationRow);
  }

  /** The person of an address, by the stream of its contact; `undefined` if nobody has it. */
  async byContact(contactStreamId: string): Promise<PersonRow | undefined> {
    const where = { contactStreamId, erased: false };
    return (await this.people.findOne({ where, comment: inAllLanes })) ?? undefined;
  }

  /** People by id; unknown ones are absent. */
  async peopleOf(userIds: readonly string[]): Promise<ReadonlyMap<string, PersonRow>> {
    if (userIds.length === 0) return new Map();
    const lanes = [...new Set(userIds.map((userId) => this.laneOf(userId)))];
    const rows = await this.people.find({ where: { lane: In(lanes), userId: In([...userIds]) } });
    return new Map(rows.map((row) => [row.userId, row]));
  }

  /** Members of a party after the given one, by id. */
  membershipsOf(partyId: string, after: string, most: number): Promise<MembershipRow[]> {
    const equal = { lane: this.laneOf(partyId), partyId };
    return rowsAfter(this.members.createQueryBuilder('member'), { equal, key: ['userId'], after: [after], most });
  }

  /** Memberships of a person, by party. */
  membershipsOfPerson(userId: string): Promise<MembershipRow[]> {
    return this.members.find({ where: { userId }, order: { partyId: 'ASC' }, comment: inAllLanes });
  }

  /** Invitations of a party after the given one, the oldest first. */
  invitationsOf(partyId: string, after: string, most: number): Promise<InvitationRow[]> {
    const equal = { lane: this.laneOf(partyId), partyId };
    const key = ['invitationId'] as const;
    return rowsAfter(this.invitations.createQueryBuilder('invitation'), { equal, key, after: [after], most });
  }

  /** Role of a person for a party; `undefined` for one who is no member. */
  async membership(partyId: string, userId: string): Promise<MembershipRow | undefined> {
    return (await this.members.findOneBy({ lane: this.laneOf(partyId), partyId, userId })) ?? undefined;
  }

  private laneOf(streamId: string): number {
    return laneOf(streamId, this.store.lanes);
  }
}
