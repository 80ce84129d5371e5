import type { EventOf, Lot, LotTerms, RefundedUse, ReturnedCharge, WalletCharged } from '@tokengrid/contracts';
import { isCounted } from './counters.ts';
import type { WalletLot } from './lots.ts';
import { heldLot, sumOf, withReturned } from './lots.ts';
import type { Member, Spending } from './spending.ts';
import { memberWithLess, withLess } from './spending.ts';
import { withArrivals } from './vouchers.ts';

/** Parts of a wallet that refunds change. */
interface Refundable extends Pick<Spending, 'spent' | 'members' | 'formerMembers'> {
  /** Available µAIT. */
  readonly available: bigint;
  readonly lots: readonly WalletLot[];
  /** Vouchers and grants that came, by lot. */
  readonly arrivals: readonly string[];
}

/** Returned tokens as lots, with the terms that the event states. */
function returnedLots(returned: readonly ReturnedCharge[], lotTerms: ReadonlyMap<string, LotTerms>): readonly Lot[] {
  return returned.flatMap(({ lots }) =>
    lots.map(({ lotId, tokens, into = lotId }): Lot => {
      const terms = lotTerms.get(lotId);
      if (!terms) throw new Error(`tokens return to lot ${lotId}, whose terms are not stated`);
      return { ...terms, lotId: into, tokens };
    }),
  );
}

/** Terms of an event's lots, by id. */
const termsById = (lotTerms: readonly LotTerms[]): ReadonlyMap<string, LotTerms> =>
  new Map(lotTerms.map((terms) => [terms.lotId, terms]));

/** The wallet after refunds of uses: their lots are back, and do not count as spent any more. */
export function afterRefunds<W extends Refundable>(
  wallet: W,
  { refunded, lotTerms }: Pick<EventOf<typeof WalletCharged>['data'], 'refunded' | 'lotTerms'>,
): W {
  const terms = refunded.length === 0 ? new Map<string, LotTerms>() : termsById(lotTerms);
  return refunded.reduce((after, refund) => afterRefund(after, refund, terms), wallet);
}

/** The wallet after the refund of one use. */
export function afterRefund<W extends Refundable>(
  wallet: W,
  { tokens, returned }: Pick<RefundedUse, 'tokens' | 'returned'>,
  terms: ReadonlyMap<string, LotTerms>,
): W {
  const back = returnedLots(returned, terms);
  const lots = withReturned(wallet.lots, back.map(heldLot));
  const arrivals = withArrivals(
    { ...wallet, lots },
    back.filter(({ lotId }) => !wallet.arrivals.includes(lotId)),
  );
  return returned.reduce(unspent, { ...wallet, available: wallet.available + tokens, lots, arrivals });
}

/**
 * Counters of the day and month of a charge fall by what returns of it. Those of a member that was
 * removed and set again on that day stay: nothing tells whether they had counted it.
 */
function unspent<W extends Refundable>(wallet: W, { day, memberIds = [], lots }: ReturnedCharge): W {
  const tokens = sumOf(lots);
  const less = (member: Member): Member =>
    memberIds.includes(member.memberId) && isCounted(member.since, { day, transferId: '' })
      ? memberWithLess(member, tokens, day)
      : member;
  return {
    ...wallet,
    spent: withLess(wallet.spent, tokens, day),
    members: wallet.members.map(less),
    formerMembers: wallet.formerMembers.map(less),
  };
}
