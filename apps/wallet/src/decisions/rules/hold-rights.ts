import type { Actor } from './actors.ts';
import type { Hold } from '../state/holds.ts';

/**
 * Why a member party may do nothing about a hold that is open and not its own: to it, there is
 * none.
 */
export const notOwnRefusal = (hold: Hold | undefined, actor: Actor | undefined) =>
  hold && actor?.memberId !== undefined && !hold.memberIds.includes(actor.memberId)
    ? ({ code: 'NOT_FOUND' } as const)
    : undefined;
