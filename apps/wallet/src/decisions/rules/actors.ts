import type { Member } from '../state/spending.ts';

/**
 * Who asks something of a wallet. Nobody in particular is the operator, or a policy that acts for
 * no key.
 */
export interface Actor {
  /**
   * The key that is shown, then all that it goes back to: what it succeeds, which key minted it,
   * and so on. Empty where no key is known.
   */
  readonly line: readonly string[];
  /** The party, where it is not the wallet's owner. */
  readonly memberId?: string | undefined;
}

interface Shared {
  readonly members: readonly Member[];
}

/**
 * The members whose caps an action counts against, in the order of {@link memberIds}: the member
 * party, then each key of the line that has caps. A key that was minted to get round a cap is under
 * it.
 */
export function membersBound({ members }: Shared, actor: Actor | undefined): readonly string[] {
  if (!actor) return [];
  const { memberId, line } = actor;
  const asked = new Set(memberId === undefined ? line : [memberId, ...line]);
  return [...asked].filter((id) => members.some((member) => member.memberId === id));
}

/** Why somebody may do nothing at all with a wallet. */
export interface ActorBarred {
  readonly code: 'WALLET.NOT_A_MEMBER' | 'WALLET.MEMBER_SUSPENDED';
}

/**
 * Whether a party other than the owner is a member now, and not suspended; if not, why it may not
 * act.
 */
export function actorRefusal({ members }: Shared, actor: Actor | undefined): ActorBarred | undefined {
  if (actor?.memberId === undefined) return undefined;
  const member = members.find(({ memberId }) => memberId === actor.memberId);
  if (!member) return { code: 'WALLET.NOT_A_MEMBER' };
  return member.suspended ? { code: 'WALLET.MEMBER_SUSPENDED' } : undefined;
}

/** Why a key that is under a cap may not change what caps it: it could lift its own. */
export function liftingRefusal({ members }: Shared, actor: Actor | undefined) {
  const isCapped = members.some(({ memberId }) => actor?.line.includes(memberId));
  return isCapped ? ({ code: 'PERMISSION_DENIED' } as const) : undefined;
}

/** The members of two actions, each once, in order. */
export const together = (some: readonly string[], more: readonly string[]): readonly string[] => [
  ...new Set([...some, ...more]),
];

/** As events say it: absent where there is none. */
export const saidOf = (memberIds: readonly string[]): { readonly memberIds?: string[] } =>
  memberIds.length === 0 ? {} : { memberIds: [...memberIds] };
