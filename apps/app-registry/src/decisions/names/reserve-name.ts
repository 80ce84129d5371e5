import { instantOf, NameRefused, NameReserved } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Name } from '../state/name.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReserveName {
  readonly name: string;
  /** The app under creation. */
  readonly ownerId: string;
  readonly partyId: string;
  readonly reservedForMs: number;
  /**
   * An app that was given up and can't be created any more, so that its reservation is free.
   */
  readonly givenUpOwnerId: string | undefined;
}

/** Reserves a slug, so that no two apps have it, or two that can be confused. */
export function reserveName(
  state: Name,
  { name, ownerId, partyId, reservedForMs, givenUpOwnerId }: ReserveName,
  { time }: DecisionContext,
): Decided<'reserveName'> {
  if (!mayHave(state, ownerId, givenUpOwnerId)) {
    const isSame = state.status === 'free' || state.name === name;
    const code = isSame ? 'APP_REGISTRY.SLUG_TAKEN' : 'APP_REGISTRY.SLUG_CONFUSABLE';
    return [NameRefused({ name, ownerId, code })];
  }
  return [NameReserved({ name, ownerId, partyId, expiresAt: instantOf(time + reservedForMs) })];
}

function mayHave(state: Name, ownerId: string, givenUpOwnerId: string | undefined): boolean {
  switch (state.status) {
    case 'free':
      return true;
    case 'reserved':
      return state.ownerId === ownerId || state.ownerId === givenUpOwnerId;
    case 'taken':
      return false;
  }
}
