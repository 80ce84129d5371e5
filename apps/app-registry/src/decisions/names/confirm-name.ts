import { NameConfirmed, NameRefused } from '@tokengrid/contracts';
import type { Name, NameKind } from '../state/name.ts';
import type { Decided } from '../rules/decided.ts';

export interface ConfirmName {
  readonly kind: NameKind;
  readonly name: string;
  /** The app or model that exists now. */
  readonly ownerId: string;
}

/**
 * Makes a reservation lasting once its app or model exists, whether it ended meanwhile or not.
 * The refusal never happens as long as both are made only within their reservation.
 */
export function confirmName(state: Name, { kind, name, ownerId }: ConfirmName): Decided<'confirmName'> {
  if (state.status === 'free' || state.ownerId !== ownerId) {
    return [NameRefused({ kind, name, ownerId, code: 'APP_REGISTRY.NAME_NOT_HELD' })];
  }
  return [NameConfirmed({ kind, name, ownerId })];
}
