import type { ModelWallet } from './state.ts';
import type { Asked } from './asked.ts';
import { latestOf } from './suspensions.ts';

/** True for a member with caps now, not only until its holds are resolved. */
export const isMember = ({ members }: ModelWallet, memberId: string): boolean =>
  members.get(memberId)?.isThere === true;

/**
 * Members whose caps bind an action (rules "Who acts"): first the party's, then those of each key
 * of the line.
 */
export function bindingOf(wallet: ModelWallet, { actor }: Pick<Asked, 'actor'>): readonly string[] {
  const all = [...(actor?.memberId === undefined ? [] : [actor.memberId]), ...(actor?.line ?? [])];
  return all.filter((each, index) => isMember(wallet, each) && all.indexOf(each) === index);
}

/** rules "Rights when used": a party that is no member has no right, nor has a suspended one. */
export function rightRefused(
  wallet: ModelWallet,
  { actor }: Pick<Asked, 'actor'>,
): { readonly code: string } | undefined {
  if (actor?.memberId === undefined) return undefined;
  if (!isMember(wallet, actor.memberId)) return { code: 'WALLET.NOT_A_MEMBER' };
  return latestOf(wallet.members.get(actor.memberId)!.told).isSuspended
    ? { code: 'WALLET.MEMBER_SUSPENDED' }
    : undefined;
}

/** rules "Rights when used": of a charge, a party that has left is no hindrance. */
export const isSuspended = (wallet: ModelWallet, { actor }: Pick<Asked, 'actor'>): boolean =>
  actor?.memberId !== undefined &&
  isMember(wallet, actor.memberId) &&
  latestOf(wallet.members.get(actor.memberId)!.told).isSuspended;

/** rules "A capped key can't lift a cap". */
export const isCapped = (wallet: ModelWallet, { actor }: Pick<Asked, 'actor'>): boolean =>
  (actor?.line ?? []).some((key) => isMember(wallet, key));

/**
 * rules "Approvals": two people are one person if either comes from the other. The acting person is
 * the first of each list.
 */
export const areOnePerson = (people: readonly string[], others: readonly string[]): boolean =>
  others.includes(people[0]!) || people.includes(others[0]!);

/** The members that an event names; undefined for none. */
export const saying = (memberIds: readonly string[]): readonly string[] | undefined =>
  memberIds.length === 0 ? undefined : memberIds;
