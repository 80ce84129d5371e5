import { Inject, Injectable } from '@nestjs/common';
import type { KeyHolderKind } from '@tokengrid/contracts';
import { operatorPartyId } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import { laneOf } from '@tokengrid/kernel';
import {
  knownKeys,
  type Lineage,
  notFound,
  permissionDenied,
  poolOf,
  type Principal,
  rowsAfter,
  withoutOrigin,
} from '@tokengrid/service';
import { DataSource, type Repository } from 'typeorm';
import { PartyRow } from './parties.table.ts';
import { PartyKeyRow } from './party-keys.table.ts';

/**
 * Finds parties and keys that callers may see: their own, or any for the operator. Others do not
 * exist for them.
 */
@Injectable()
export class PartyDirectory {
  private readonly parties: Repository<PartyRow>;
  private readonly keys: Repository<PartyKeyRow>;

  constructor(
    private readonly source: DataSource,
    @Inject(EventStore) private readonly store: Pick<EventStore, 'lanes'>,
  ) {
    this.parties = source.getRepository(PartyRow);
    this.keys = source.getRepository(PartyKeyRow);
  }

  /** @throws ProblemError 404 */
  async party(caller: Principal, partyId: string): Promise<PartyRow> {
    const row = maySee(caller, partyId) ? await this.parties.findOneBy({ lane: this.laneOf(partyId), partyId }) : null;
    if (!row) throw notFound(`no such party of yours: ${partyId}`);
    return row;
  }

  /** A party, for answers whose rights are not those of a key. */
  async registered(partyId: string): Promise<PartyRow | undefined> {
    return (await this.parties.findOneBy({ lane: this.laneOf(partyId), partyId })) ?? undefined;
  }

  /**
   * Kind of a party with keys: a registered one, or the operator, which never registers.
   * @throws ProblemError 404
   */
  async holder(caller: Principal, partyId: string): Promise<{ readonly kind: KeyHolderKind }> {
    if (partyId === operatorPartyId && caller.kind === 'operator') return { kind: 'operator' };
    return this.party(caller, partyId);
  }

  /** @throws ProblemError 404 */
  async key(caller: Principal, keyId: string): Promise<PartyKeyRow> {
    // A caller other than the operator only sees keys of its own.
    const row = await this.keys.findOne(
      caller.kind === 'operator'
        ? { where: { keyId }, comment: inAllLanes }
        : { where: { lane: this.laneOf(caller.partyId), keyId } },
    );
    if (!row || !maySee(caller, row.partyId)) throw notFound(`no such API key of yours: ${keyId}`);
    return row;
  }

  /** Owner and ancestors of a key. */
  async lineageOf(keyId: string): Promise<Lineage> {
    return (await knownKeys(poolOf(this.source)).find([keyId])).get(keyId) ?? withoutOrigin(keyId);
  }

  /**
   * A key that the caller may revoke or rotate: of its own person, or one that descends from that
   * person. A key given to somebody else, under a cap perhaps, can't revoke the owner's; the
   * operator's keys may do all.
   * @throws ProblemError 403 for another key, 404 for another party's
   */
  async keyInReach(caller: Principal, keyId: string): Promise<PartyKeyRow> {
    const row = await this.key(caller, keyId);
    if (caller.kind === 'operator') return row;
    const { people } = await this.lineageOf(keyId);
    if (people.includes(caller.people[0]!)) return row;
    throw permissionDenied(
      'your API key may rotate and revoke itself, its predecessors and successors, and the keys that these requested',
    );
  }

  /** Keys of a party after the given one, the oldest first. */
  keysOf(partyId: string, after: string, most: number): Promise<PartyKeyRow[]> {
    return rowsAfter(this.keys.createQueryBuilder('key'), {
      equal: { lane: this.laneOf(partyId), partyId },
      key: ['keyId'],
      after: [after],
      most,
    });
  }

  /** The lane of a party's stream, which its keys are in, too. */
  private laneOf(partyId: string): number {
    return laneOf(partyId, this.store.lanes);
  }
}

function maySee({ kind, partyId }: Principal, wanted: string): boolean {
  return kind === 'operator' || partyId === wanted;
}
