import type { OnDay } from './calendar.ts';
import type { Member, Spent } from './spending.ts';
import { withLess } from './spending.ts';
import type { Trade } from './trade.ts';
import { withLessSent } from './trade.ts';

/** When tokens were sent that come back, and against which members' caps that counts. */
export interface Sent {
  readonly sentOn: OnDay;
  readonly memberIds?: string[] | undefined;
}

interface Spending {
  readonly trade: Trade;
  readonly spent: Spent;
  readonly members: readonly Member[];
  readonly formerMembers: readonly Member[];
}

/** A wallet to which tokens come back that it had sent: its limits, its members' and the market's count them no more. */
export function withLimitBack<W extends Spending>(
  wallet: W,
  { tokens, sentOn: { day }, memberIds = [] }: Sent & { readonly tokens: bigint },
): W {
  const less = (member: Member): Member =>
    memberIds.includes(member.memberId) ? { ...member, spent: withLess(member.spent, tokens, day) } : member;
  return {
    ...wallet,
    trade: withLessSent(wallet.trade, tokens, day),
    spent: withLess(wallet.spent, tokens, day),
    members: wallet.members.map(less),
    formerMembers: wallet.formerMembers.map(less),
  };
}
