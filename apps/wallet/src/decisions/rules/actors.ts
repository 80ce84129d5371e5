import type { Member } from '../state/spending.ts';

/** The actor of a command. Absent for the operator, and for a policy that acts for no key. */
export interface Actor {
  /**
   * The key used, then its ancestors: predecessors and minting keys. Empty where no key is known.
   */
  readonly line: readonly string[];
  /** The party, if it is not the wallet's owner. */
  readonly memberId?: string | undefined;
}

interface Shared {
  readonly members: readonly Member[];
}

/**
 * Members whose caps an action counts against, in the order of {@link memberIds}: the member party,
 * then each capped key of the line. A key minted by a capped key is bound by the same cap, which
 * prevents evasion.
 */
export function membersBound({ members }: Shared, actor: Actor | undefined): readonly string[] {
  if (!actor) return [];
  const { memberId, line } = actor;
  const asked = new Set(memberId === undefined ? line : [memberId, ...line]);
  return [...asked].filter((id) => members.some((member) => member.memberId === id));
}

/** The refusal of any action on a wallet by an actor. */
export interface ActorBarred {
  readonly code: 'WALLET.NOT_A_MEMBER' | 'WALLET.MEMBER_SUSPENDED';
}

/**
 * The refusal for a party that is neither the owner nor a member in good standing; otherwise
 * undefined.
 */
export function actorRefusal({ members }: Shared, actor: Actor | undefined): ActorBarred | undefined {
  if (actor?.memberId === undefined) return undefined;
  const member = members.find(({ memberId }) => memberId === actor.memberId);
  if (!member) return { code: 'WALLET.NOT_A_MEMBER' };
  return suspensionRefusal({ members }, actor);
}

/** The refusal for a member party that is suspended; otherwise undefined. */
export function suspensionRefusal(
  { members }: Shared,
  actor: Actor | undefined,
): { readonly code: 'WALLET.MEMBER_SUSPENDED' } | undefined {
  const isSuspended = members.some(({ memberId, suspended }) => suspended && memberId === actor?.memberId);
  return isSuspended ? { code: 'WALLET.MEMBER_SUSPENDED' } : undefined;
}

/** The refusal for a capped key that changes caps, since it could raise its own. */
export function liftingRefusal({ members }: Shared, actor: Actor | undefined) {
  const isCapped = members.some(({ memberId }) => actor?.line.includes(memberId));
  return isCapped ? ({ code: 'PERMISSION_DENIED' } as const) : undefined;
}

/** The union of two actions' members, in order. */
export const together = (some: readonly string[], more: readonly string[]): readonly string[] => [
  ...new Set([...some, ...more]),
];

/** Member ids in the form of events: absent where there are none. */
export const saidOf = (memberIds: readonly string[]): { readonly memberIds?: string[] } =>
  memberIds.length === 0 ? {} : { memberIds: [...memberIds] };
