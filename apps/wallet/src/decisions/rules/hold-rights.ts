import type { Actor } from './actors.ts';
import type { Hold } from '../state/holds.ts';

/** The refusal for a member and an open hold of others, which does not exist for it. */
export const notOwnRefusal = (hold: Hold | undefined, actor: Actor | undefined) =>
  hold && actor?.memberId !== undefined && !hold.memberIds.includes(actor.memberId)
    ? ({ code: 'NOT_FOUND' } as const)
    : undefined;
