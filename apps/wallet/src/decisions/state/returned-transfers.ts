import type { OnDay } from './calendar.ts';
import { isCounted } from './counters.ts';
import type { Member, Spent } from './spending.ts';
import { withLess } from './spending.ts';
import type { MonthlyTotals } from './monthly-totals.ts';
import { withLessSent } from './monthly-totals.ts';

/** When tokens were sent that come back, and against which members' caps that counts. */
export interface Sent {
  readonly sentOn: OnDay;
  readonly memberIds?: string[] | undefined;
}

interface Returned {
  readonly transferId: string;
  readonly tokens: bigint;
}

interface Spending {
  readonly monthlyTotals: MonthlyTotals;
  readonly spent: Spent;
  readonly members: readonly Member[];
  readonly formerMembers: readonly Member[];
}

/**
 * A wallet to which tokens come back that it had sent: its limits, its members' and the market's
 * count them no more. A member that was set again since has never counted them.
 */
export function withLimitBack<W extends Spending>(
  wallet: W,
  { transferId, tokens, sentOn: { day }, memberIds = [] }: Sent & Returned,
): W {
  const less = (member: Member): Member =>
    memberIds.includes(member.memberId) && isCounted(member.since, { day, transferId })
      ? { ...member, spent: withLess(member.spent, tokens, day) }
      : member;
  return {
    ...wallet,
    monthlyTotals: withLessSent(wallet.monthlyTotals, tokens, day),
    spent: withLess(wallet.spent, tokens, day),
    members: wallet.members.map(less),
    formerMembers: wallet.formerMembers.map(less),
  };
}
