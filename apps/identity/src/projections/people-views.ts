import { Injectable } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { Unopenable } from '@tokengrid/service';
import { PersonKeys } from '../key-store/person-keys.ts';
import { decryptText, type PersonalField, type PersonKey } from '../personal-data/encrypted-text.ts';
import type { InvitationRow, MembershipRow } from './memberships.table.ts';
import { PeopleDirectory } from './people-directory.ts';
import type { PersonRow } from './people.table.ts';

/** Reads people for authorized callers. Data that can't be read is null. */
@Injectable()
export class PeopleViews {
  constructor(
    private readonly directory: PeopleDirectory,
    private readonly keys: PersonKeys,
  ) {}

  async ofMemberships(rows: readonly MembershipRow[]) {
    const ids = rows.map(({ userId }) => userId);
    const [people, keys] = await Promise.all([this.directory.peopleOf(ids), this.keys.find(ids)]);
    return rows.map(({ userId, role, joinedAt }) => ({
      ...{ userId, role, ...dataOf(people.get(userId), keys.get(userId)), joinedAt: instantOf(joinedAt) },
    }));
  }

  async ofInvitations(rows: readonly InvitationRow[]) {
    const keys = await this.keys.find(rows.map(({ userId }) => userId));
    return rows.map(({ invitationId, role, userId, email, invitedBy, expiresAt }) => ({
      ...{ invitationId, role, email: opened(keys.get(userId), 'email', email), invitedBy },
      expiresAt: instantOf(expiresAt),
    }));
  }
}

/** An owner has an account a moment after the organization. */
function dataOf(person: PersonRow | undefined, key: PersonKey | undefined) {
  const name = opened(key, 'name', person?.name ?? null);
  const email = opened(key, 'email', person?.email ?? null);
  const isRead = name !== null && email !== null;
  const personalData = person?.erased ? ('erased' as const) : isRead ? ('readable' as const) : ('unreadable' as const);
  return { name, email, emailProved: person?.emailProved ?? false, personalData };
}

function opened(key: PersonKey | undefined, field: PersonalField, text: string | null): string | null {
  if (key === undefined || text === null) return null;
  try {
    return decryptText(key, field, text);
  } catch (error) {
    if (error instanceof Unopenable) return null;
    throw error;
  }
}
