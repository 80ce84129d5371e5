import { Inject, Injectable } from '@nestjs/common';
import { poolOf } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import type { SpendingEnd } from '../serving/purse.ts';

/** An API key that can't be used any more. */
export interface EndedKey {
  readonly keyId: string;
  readonly why: Extract<SpendingEnd, 'key-revoked' | 'key-expired'>;
}

/** Maximum number of keys in a statement. */
const mostAsked = 1000;

/** API keys that have ended. A rotation ends a key early, and those minted from it. */
@Injectable()
export class EndedKeys {
  constructor(@Inject(DataSource) private readonly database: DataSource) {}

  /** @param now epoch milliseconds. @returns the ended ones of some keys */
  async among(keyIds: readonly string[], now: number): Promise<readonly EndedKey[]> {
    const ended: EndedKey[] = [];
    for (let from = 0; from < keyIds.length; from += mostAsked) {
      const { rows } = await poolOf(this.database).query<{ key_id: string; revoked: boolean }>({
        name: 'ended-keys',
        text: `select key_id, revoked from api_keys
               where key_id = any($1::text[]) and (revoked or expires_at <= to_timestamp($2::float8 / 1000))`,
        values: [keyIds.slice(from, from + mostAsked), now],
      });
      ended.push(...rows.map(({ key_id: keyId, revoked }) => endedKey(keyId, revoked)));
    }
    return ended;
  }
}

const endedKey = (keyId: string, isRevoked: boolean): EndedKey => ({
  keyId,
  why: isRevoked ? 'key-revoked' : 'key-expired',
});
