import { Injectable } from '@nestjs/common';
import type { KeyHolderKind } from '@tokengrid/contracts';
import { operatorPartyId } from '@tokengrid/contracts';
import {
  knownKeys,
  type Lineage,
  notFound,
  permissionDenied,
  poolOf,
  type Principal,
  withoutOrigin,
} from '@tokengrid/service';
import { DataSource, type Repository } from 'typeorm';
import { PartyRow } from './parties.table.ts';
import { PartyKeyRow } from './party-keys.table.ts';

/** Finds parties and keys for callers who may see them: their own, and the operator all. Others' are not there. */
@Injectable()
export class PartyDirectory {
  private readonly parties: Repository<PartyRow>;
  private readonly keys: Repository<PartyKeyRow>;

  constructor(private readonly source: DataSource) {
    this.parties = source.getRepository(PartyRow);
    this.keys = source.getRepository(PartyKeyRow);
  }

  /** @throws ProblemError 404 */
  async party(caller: Principal, partyId: string): Promise<PartyRow> {
    const row = maySee(caller, partyId) ? await this.parties.findOneBy({ partyId }) : null;
    if (!row) throw notFound(`there is no party ${partyId} of yours`);
    return row;
  }

  /**
   * What kind of party has keys: one that registered, or the operator, which never does.
   * @throws ProblemError 404
   */
  async holder(caller: Principal, partyId: string): Promise<{ readonly kind: KeyHolderKind }> {
    if (partyId === operatorPartyId && caller.kind === 'operator') return { kind: 'operator' };
    return this.party(caller, partyId);
  }

  /** @throws ProblemError 404 */
  async key(caller: Principal, keyId: string): Promise<PartyKeyRow> {
    const row = await this.keys.findOneBy({ keyId });
    if (!row || !maySee(caller, row.partyId)) throw notFound(`there is no API key ${keyId} of yours`);
    return row;
  }

  /** Whose a key is, and what it goes back to. */
  async lineageOf(keyId: string): Promise<Lineage> {
    return (await knownKeys(poolOf(this.source)).find([keyId])).get(keyId) ?? withoutOrigin(keyId);
  }

  /**
   * A key that a caller may end or give a successor: its own person's, or one that goes back to that person. A key that was given to somebody
   * else, under a cap perhaps, can't take the owner's away; the operator's keys may do all.
   * @throws ProblemError 403 for another one, 404 for another party's
   */
  async keyInReach(caller: Principal, keyId: string): Promise<PartyKeyRow> {
    const row = await this.key(caller, keyId);
    if (caller.kind === 'operator') return row;
    const { people } = await this.lineageOf(keyId);
    if (people.includes(caller.people[0]!)) return row;
    throw permissionDenied(
      'your API key rotates and revokes itself, its predecessors and successors, and what they asked for',
    );
  }

  /** A party's keys after the one given, oldest first. */
  keysOf(partyId: string, after: string, most: number): Promise<PartyKeyRow[]> {
    return this.keys
      .createQueryBuilder('key')
      .where('key.party_id = :partyId and key.key_id > :after', { partyId, after })
      .orderBy('key.key_id')
      .limit(most)
      .getMany();
  }
}

function maySee({ kind, partyId }: Principal, wanted: string): boolean {
  return kind === 'operator' || partyId === wanted;
}
