import { PersonErased, PersonRefused } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { isPerson, type Person } from '../state/person.ts';

export interface ErasePerson {
  readonly userId: string;
  readonly contactStreamId: string;
  /** True if the organization that the person registered is erased. */
  readonly isOrganizationErased: boolean;
}

/**
 * Erases a person. A policy destroys the key after this event. A person whose registration is still
 * on its way is erased before it, and never registers.
 */
export function erasePerson(
  state: Person,
  { userId, contactStreamId, isOrganizationErased }: ErasePerson,
): Decided<'erasePerson'> {
  if (state.status === 'erased') return [PersonRefused({ userId, code: 'IDENTITY.PERSON_ERASED' })];
  if (isPerson(state) && state.organizationId !== undefined && !isOrganizationErased) {
    return [PersonRefused({ userId, code: 'IDENTITY.PERSON_OWNS_ORGANIZATION' })];
  }
  return [PersonErased({ userId, contactStreamId })];
}
