import { instantOf, NameRefused, NameReserved } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Name, NameKind } from '../state/name.ts';
import { confusableCodes, takenCodes } from '../rules/reservations.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReserveName {
  readonly kind: NameKind;
  readonly name: string;
  /** The app or model under creation. */
  readonly ownerId: string;
  readonly partyId: string;
  readonly reservedForMs: number;
  /**
   * An app or model that was given up and can't be created any more, so that its reservation is
   * free.
   */
  readonly givenUpOwnerId: string | undefined;
}

/**
 * Reserves a slug or a model's name, so that no two apps or models have it, or two that can be
 * confused.
 */
export function reserveName(
  state: Name,
  { kind, name, ownerId, partyId, reservedForMs, givenUpOwnerId }: ReserveName,
  { time }: DecisionContext,
): Decided<'reserveName'> {
  if (!mayHave(state, ownerId, givenUpOwnerId)) {
    const code = state.status === 'free' || state.name === name ? takenCodes[kind] : confusableCodes[kind];
    return [NameRefused({ kind, name, ownerId, code })];
  }
  return [NameReserved({ kind, name, ownerId, partyId, expiresAt: instantOf(time + reservedForMs) })];
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
