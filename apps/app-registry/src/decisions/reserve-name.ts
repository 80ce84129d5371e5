import type { AppRegistryEvent } from '@tokengrid/contracts';
import { instantOf, NameRefused, NameReserved } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Name, NameKind } from './name.ts';

export interface ReserveName {
  readonly kind: NameKind;
  readonly name: string;
  /** The app or model that is about to be made. */
  readonly ownerId: string;
  readonly partyId: string;
  readonly reservedForMs: number;
  /**
   * The holder of a reservation, if it lapsed and its app or model is known not to exist. One is made only within its
   * reservation, so what was seen {@link lapseMarginMs} after the end stays true.
   */
  readonly lapsedOwnerId: string | undefined;
}

/** How long after its end a reservation may be taken over: more than clocks of two hosts are apart. */
export const lapseMarginMs = 60_000;

/** Whether a reservation is over, and so surely that nothing made within it can still be decided. */
export function isLapsed(state: Name, time: number): boolean {
  return state.status === 'reserved' && time >= state.expiresAt + lapseMarginMs;
}

/** Sets a slug or a model's name aside, so that no two apps or models have it. */
export function reserveName(
  state: Name,
  { kind, name, ownerId, partyId, reservedForMs, lapsedOwnerId }: ReserveName,
  { time }: DecisionContext,
): readonly AppRegistryEvent[] {
  if (!mayHave(state, ownerId, lapsedOwnerId, time))
    return [NameRefused({ kind, name, ownerId, code: takenCode(kind) })];
  return [NameReserved({ kind, name, ownerId, partyId, expiresAt: instantOf(time + reservedForMs) })];
}

function mayHave(state: Name, ownerId: string, lapsedOwnerId: string | undefined, time: number): boolean {
  switch (state.status) {
    case 'free':
      return true;
    case 'reserved':
      return state.ownerId === ownerId || (isLapsed(state, time) && state.ownerId === lapsedOwnerId);
    case 'taken':
      return false;
  }
}

function takenCode(kind: NameKind): string {
  return kind === 'slug' ? 'SLUG_TAKEN' : 'MODEL_NAME_TAKEN';
}
