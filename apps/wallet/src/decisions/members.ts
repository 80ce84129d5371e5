import type { Member } from './spending.ts';
import { nothingSpent } from './spending.ts';

interface Shared {
  readonly members: readonly Member[];
}

interface Caps {
  readonly memberId: string;
  readonly daily?: bigint | undefined;
  readonly monthly?: bigint | undefined;
}

/** A wallet with a member, or with other caps of one that it has. */
export function withMember<W extends Shared>(wallet: W, { memberId, daily = undefined, monthly = undefined }: Caps): W {
  const there = wallet.members.find((member) => member.memberId === memberId);
  const member = { memberId, daily: daily ?? null, monthly: monthly ?? null, spent: there?.spent ?? nothingSpent };
  const others = wallet.members.filter((other) => other !== there);
  return { ...wallet, members: [...others, member] };
}

export const withoutMember = <W extends Shared>(wallet: W, memberId: string): W => ({
  ...wallet,
  members: wallet.members.filter((member) => member.memberId !== memberId),
});
