import type { Actor } from './actors.ts';
import type { Hold } from '../state/holds.ts';

/**
 * The refusal for an open hold that a caller has no hold on: that of a slice, for all callers, and
 * that of others, for a member. It does not exist for them.
 */
export const notOwnRefusal = (hold: Hold | undefined, actor: Actor | undefined) =>
  hold && (hold.slice || (actor?.memberId !== undefined && !hold.memberIds.includes(actor.memberId)))
    ? ({ code: 'NOT_FOUND' } as const)
    : undefined;
