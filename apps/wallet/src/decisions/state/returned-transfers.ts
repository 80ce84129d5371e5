import type { OnDay } from './calendar.ts';
import { isCounted } from './counters.ts';
import type { Member, Spent } from './spending.ts';
import { memberWithLess, withLess } from './spending.ts';
import type { MonthlyTotals } from './monthly-totals.ts';
import { withLessSent } from './monthly-totals.ts';

/** The day of a returned transfer's sending, and the members whose caps it counts against. */
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
 * The wallet after the return of tokens it had sent: its own, its members' and the market's
 * counters decrease. Counters of a member set again later never included them.
 */
export function withLimitBack<W extends Spending>(
  wallet: W,
  { transferId, tokens, sentOn: { day }, memberIds = [] }: Sent & Returned,
): W {
  const less = (member: Member): Member =>
    memberIds.includes(member.memberId) && isCounted(member.since, { day, transferId })
      ? memberWithLess(member, tokens, day)
      : member;
  return {
    ...wallet,
    monthlyTotals: withLessSent(wallet.monthlyTotals, tokens, day),
    spent: withLess(wallet.spent, tokens, day),
    members: wallet.members.map(less),
    formerMembers: wallet.formerMembers.map(less),
  };
}
