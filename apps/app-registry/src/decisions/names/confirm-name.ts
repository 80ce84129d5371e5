import { NameConfirmed, NameRefused } from '@tokengrid/contracts';
import type { Name, NameKind } from '../state/name.ts';
import type { Decided } from '../rules/decided.ts';

export interface ConfirmName {
  readonly kind: NameKind;
  readonly name: string;
  /** The existing app or model. */
  readonly ownerId: string;
}

/**
 * Makes a reservation permanent once its app or model exists, even if it had expired. It is never
 * refused while apps and models are created only within their reservation.
 */
export function confirmName(state: Name, { kind, name, ownerId }: ConfirmName): Decided<'confirmName'> {
  if (state.status === 'free' || state.ownerId !== ownerId) {
    return [NameRefused({ kind, name, ownerId, code: 'APP_REGISTRY.NAME_NOT_HELD' })];
  }
  return [NameConfirmed({ kind, name, ownerId })];
}
