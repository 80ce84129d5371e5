import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '@tokengrid/event-store';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import { laneOf } from '@tokengrid/kernel';
import { notFound, permissionDenied, type Principal, rowsAfter } from '@tokengrid/service';
import { DataSource, type Repository } from 'typeorm';
import { OauthClientRow } from './oauth-clients.table.ts';
import { PartyRow } from './parties.table.ts';
import { PartyDirectory } from './party-directory.ts';

/** Finds OAuth clients: for callers, their own or any for the operator; by id, for OAuth itself. */
@Injectable()
export class ClientDirectory {
  private readonly clients: Repository<OauthClientRow>;
  private readonly parties: Repository<PartyRow>;

  constructor(
    source: DataSource,
    @Inject(EventStore) private readonly store: Pick<EventStore, 'lanes'>,
    private readonly directory: PartyDirectory,
  ) {
    this.clients = source.getRepository(OauthClientRow);
    this.parties = source.getRepository(PartyRow);
  }

  /** A client that may get tokens: not deleted, of a party that is not suspended. */
  async active(clientId: string): Promise<OauthClientRow | undefined> {
    const row = await this.clients.findOne({ where: { clientId, deleted: false }, comment: inAllLanes });
    if (!row) return undefined;
    const { lane, partyId } = row;
    return (await this.parties.existsBy({ lane, partyId, status: 'active' })) ? row : undefined;
  }

  /**
   * A client that the caller may change: one that its own person registered, or a key of that
   * person's. The operator's keys may change all.
   * @throws ProblemError 403 for another person's, 404 for another party's
   */
  async inReach(caller: Principal, clientId: string): Promise<OauthClientRow> {
    const row = await this.clients.findOne({ where: { clientId }, comment: inAllLanes });
    if (!row || (caller.kind !== 'operator' && row.partyId !== caller.partyId)) {
      throw notFound(`no such OAuth client of yours: ${clientId}`);
    }
    if (caller.kind === 'operator') return row;
    const { people } = await this.directory.lineageOf(clientId);
    if (people.includes(caller.people[0]!)) return row;
    throw permissionDenied('your API key may change OAuth clients that it, or a key requested by it, registered');
  }

  /** Clients of a party after the given one, the oldest first. */
  clientsOf(partyId: string, after: string, most: number): Promise<OauthClientRow[]> {
    return rowsAfter(this.clients.createQueryBuilder('client'), {
      equal: { lane: laneOf(partyId, this.store.lanes), partyId },
      key: ['clientId'],
      after: [after],
      most,
    });
  }
}
