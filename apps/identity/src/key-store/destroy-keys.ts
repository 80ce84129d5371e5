import type { EventOf, PersonalDataErased } from '@tokengrid/contracts';
import type { IssuedSecrets } from './issued-secrets.ts';
import type { PersonKeys } from './person-keys.ts';

/**
 * Destroys the keys of an erased party's persons, and what is sealed for the party: from then on
 * nobody can read the log about them.
 */
export async function destroyKeys(
  keys: PersonKeys,
  secrets: IssuedSecrets,
  { personIds, partyId }: Pick<EventOf<typeof PersonalDataErased>['data'], 'personIds' | 'partyId'>,
): Promise<void> {
  await keys.destroy(personIds);
  await secrets.destroyOf(partyId);
}
