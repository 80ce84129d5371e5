import { Injectable } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { PersonKeys } from '../key-store/person-keys.ts';
import { Unopenable } from '@tokengrid/service';
import { decryptText, type PersonalField, type PersonKey } from '../personal-data/encrypted-text.ts';
import type { PartyRow } from './parties.table.ts';

/**
 * A party for authorized callers. Personal data is null if it can't be read, and `personalData`
 * says why.
 */
export interface PartyView {
  readonly partyId: string;
  readonly kind: PartyRow['kind'];
  readonly status: PartyRow['status'];
  readonly name: string | null;
  readonly msisdn?: string | null;
  readonly owner?: { readonly userId: string; readonly name: string | null; readonly email: string | null };
  /** `unreadable`: the key store lacks the person's key, or has another one. */
  readonly personalData: 'readable' | 'erased' | 'unreadable';
  readonly registeredAt: string;
}

/** Reads parties for authorized callers: the only place where personal data is decrypted. */
@Injectable()
export class PartyViews {
  constructor(private readonly keys: PersonKeys) {}

  async of(row: PartyRow): Promise<PartyView> {
    const key = row.erased ? undefined : (await this.keys.find([row.personId])).get(row.personId);
    try {
      return viewOf(row, key);
    } catch (error) {
      if (!(error instanceof Unopenable)) throw error;
      return viewOf(row, undefined);
    }
  }
}

/** @throws Unopenable */
function viewOf(row: PartyRow, key: PersonKey | undefined): PartyView {
  const { partyId, kind, status, erased } = row;
  const read = (field: PersonalField, encrypted: string | null) =>
    key === undefined || encrypted === null ? null : decryptText(key, field, encrypted);
  const common = {
    partyId,
    kind,
    status,
    personalData: erased ? 'erased' : key ? 'readable' : 'unreadable',
    registeredAt: instantOf(row.registeredAt),
  } as const;
  if (kind === 'subscriber') return { ...common, name: read('name', row.name), msisdn: read('msisdn', row.msisdn) };
  const owner = { userId: row.personId, name: read('name', row.ownerName), email: read('email', row.email) };
  return { ...common, name: read('organization', row.name), owner };
}
