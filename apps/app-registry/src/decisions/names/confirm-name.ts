import { NameConfirmed, NameRefused } from '@tokengrid/contracts';
import type { Name } from '../state/name.ts';
import type { Decided } from '../rules/decided.ts';

export interface ConfirmName {
  readonly name: string;
  /** The existing app. */
  readonly ownerId: string;
}

/**
 * Makes a reservation permanent once its app exists, even if it had expired. It is never
 * refused while apps are created only within their reservation.
 */
export function confirmName(state: Name, { name, ownerId }: ConfirmName): Decided<'confirmName'> {
  if (state.status === 'free' || state.ownerId !== ownerId) {
    return [NameRefused({ name, ownerId, code: 'APP_REGISTRY.NAME_NOT_HELD' })];
  }
  return [NameConfirmed({ name, ownerId })];
}
