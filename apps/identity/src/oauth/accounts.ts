import { Injectable } from '@nestjs/common';
import { Unopenable } from '@tokengrid/service';
import type { Account, AccountClaims } from 'oidc-provider';
import { PersonKeys } from '../key-store/person-keys.ts';
import { decryptText } from '../personal-data/encrypted-text.ts';
import { PeopleDirectory } from '../projections/people-directory.ts';
import type { PersonRow } from '../projections/people.table.ts';

/** Claims that a scope of OpenID Connect has (Core 1.0, 5.4). */
export const claimsByScope = {
  openid: ['sub'],
  profile: ['name'],
  email: ['email', 'email_verified'],
} as const;

/** People as accounts of OpenID Connect. Claims are decrypted where they are told. */
@Injectable()
export class Accounts {
  constructor(
    private readonly directory: PeopleDirectory,
    private readonly keys: PersonKeys,
  ) {}

  /** A person who may act; `undefined` for an unknown or erased one. */
  async find(userId: string): Promise<Account | undefined> {
    const row = (await this.directory.peopleOf([userId])).get(userId);
    if (!row || row.erased) return undefined;
    return { accountId: userId, claims: () => this.claimsOf(row) };
  }

  /** A person's data, as far as it can be read. */
  async claimsOf(row: PersonRow): Promise<AccountClaims & { readonly name?: string; readonly email?: string }> {
    const key = (await this.keys.find([row.userId])).get(row.userId);
    const { userId, name, email, emailProved } = row;
    if (!key || name === null || email === null) return { sub: userId };
    try {
      const told = { name: decryptText(key, 'name', name), email: decryptText(key, 'email', email) };
      return { sub: userId, ...told, email_verified: emailProved };
    } catch (error) {
      if (error instanceof Unopenable) return { sub: userId };
      throw error;
    }
  }
}
