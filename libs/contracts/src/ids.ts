import { z } from 'zod';

/** The operator's own party: it has no stream of its own and cannot be suspended. */
export const operatorPartyId = 'operator';

const suffix = '[0-9a-hjkmnp-tv-z]{26}';

/** A TypeID (prefix and a UUIDv7 in Crockford's base 32): sortable by when it was made. */
export const typeId = (...prefixes: readonly string[]) =>
  z.string().regex(new RegExp(`^(${prefixes.join('|')})_${suffix}$`), `must be an id such as ${prefixes[0]}_01jzx…`);

/** A party: an organization, a subscriber, or the operator. */
export const partyId = z.string().regex(new RegExp(`^((org|sub)_${suffix}|${operatorPartyId})$`), 'must be a party id');

/** The wallet of a party has the party's own suffix, so there is nothing to look up and nothing to race with. */
export function walletIdOf(party: string): string {
  return `wal_${party.slice(party.indexOf('_') + 1)}`;
}
