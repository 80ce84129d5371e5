import type { LotTerms, RefusedUse, WalletCharged, EventOf } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { type KnownPeriod, periodNamed, unknownPeriod } from '@tokengrid/wallet/decisions/rules/period-account';
import { useMark } from '@tokengrid/wallet/decisions/rules/use-so-far';

type Charged = Recorded<EventOf<typeof WalletCharged>>;

/** Row of a lot of which a wallet has charged something on a day, for the same members. */
interface LotRow {
  readonly day: string;
  readonly members: string;
  readonly lotId: string;
  readonly since: number;
  readonly terms: LotTerms;
  readonly tokens: bigint;
}

/** Account of a period in a wallet: as it is, and as it was before its last event. */
interface Account {
  readonly lots: ReadonlyMap<string, LotRow>;
  readonly waiting: readonly RefusedUse[];
  readonly before: Account | undefined;
}

const nothing: Account = { lots: new Map(), waiting: [], before: undefined };

/** What wallets charged for periods of subscriptions, as the service's own tables have it. */
export class PeriodTables {
  /** By period and wallet. */
  private readonly accounts = new Map<string, Map<string, Account>>();
  /** Sequences of the events about a period in a lane, by lane and period. */
  private readonly marks = new Map<string, number[]>();

  /** @param waitingOf what waits of a period in a wallet by now, the oldest first */
  see({ lane, sequence, data }: Charged, waitingOf: (period: string) => readonly RefusedUse[]): void {
    const all = [...data.uses, ...data.refused, ...data.refunded];
    const periods = new Set(all.flatMap(({ countsIn }) => (countsIn ? [periodNamed(countsIn)] : [])));
    for (const period of periods) {
      const wallets = this.accounts.get(period) ?? new Map<string, Account>();
      this.accounts.set(period, wallets);
      const before = wallets.get(data.walletId) ?? nothing;
      const lots = new Map(before.lots);
      for (const row of rowsOf(data, period, sequence)) {
        const name = `${row.day} ${row.members} ${row.lotId}`;
        const there = lots.get(name);
        lots.set(name, there ? { ...there, tokens: there.tokens + row.tokens } : row);
      }
      wallets.set(data.walletId, { lots, waiting: waitingOf(period), before: { ...before, before: undefined } });
      this.marks.set(`${lane} ${period}`, [...(this.marks.get(`${lane} ${period}`) ?? []), sequence]);
    }
  }

  walletsOf(period: string): readonly string[] {
    const some = [...(this.accounts.get(period) ?? [])].filter(
      ([, { lots, waiting }]) => waiting.length > 0 || [...lots.values()].some(isLeft),
    );
    return some.map(([walletId]) => walletId).sort();
  }

  /** @param isBehind whether the tables do not show the last event of the period yet */
  soFar(lane: number, walletId: string, period: string, isBehind: boolean): KnownPeriod {
    const marks = this.marks.get(`${lane} ${period}`) ?? [];
    const sequence = marks.at(isBehind ? -2 : -1);
    if (sequence === undefined) return unknownPeriod;
    const now = this.accounts.get(period)?.get(walletId) ?? nothing;
    const { lots, waiting } = isBehind ? (now.before ?? nothing) : now;
    const rows = [...lots.values()].filter(isLeft).sort(inOrder);
    return {
      mark: useMark(sequence),
      charges: Array.from(Map.groupBy(rows, ({ day, members }) => `${day} ${members}`).values(), (charge) => ({
        day: charge[0]!.day,
        ...(charge[0]!.members !== '' && { memberIds: charge[0]!.members.split(' ') }),
        lots: charge.map(({ lotId, tokens, terms: { expiresAt } }) => ({
          ...{ lotId, tokens },
          ...(expiresAt !== null && { expiresAt }),
        })),
      })),
      terms: new Map(rows.map(({ lotId, terms }) => [lotId, terms])),
      waiting,
    };
  }
}

function rowsOf({ day, uses, refunded, lotTerms }: Charged['data'], period: string, since: number): readonly LotRow[] {
  const terms = new Map(lotTerms.map((each) => [each.lotId, each]));
  const rowOf = (ofDay: string, memberIds: readonly string[] = [], lotId: string, tokens: bigint): LotRow => ({
    ...{ day: ofDay, members: memberIds.join(' '), lotId, since, terms: terms.get(lotId)!, tokens },
  });
  const isOf = ({ countsIn }: (typeof uses | typeof refunded)[number]) =>
    countsIn !== undefined && periodNamed(countsIn) === period;
  return [
    ...uses
      .filter(isOf)
      .flatMap(({ memberIds, lots }) => lots.map((lot) => rowOf(day, memberIds, lot.lotId, lot.tokens))),
    ...refunded
      .filter(isOf)
      .flatMap(({ returned }) => returned)
      .flatMap((charge) => charge.lots.map((lot) => rowOf(charge.day, charge.memberIds, lot.lotId, -lot.tokens))),
  ];
}

const isLeft = ({ tokens }: LotRow): boolean => tokens > 0n;

/** The oldest charge first, within one the first lot to burn. */
function inOrder(one: LotRow, other: LotRow): number {
  const texts = ({ day, members }: LotRow) => [day, members] as const;
  const expiry = ({ terms: { expiresAt } }: LotRow) => expiresAt ?? '9';
  return (
    compared(texts(one)[0], texts(other)[0]) ||
    compared(texts(one)[1], texts(other)[1]) ||
    one.terms.priority - other.terms.priority ||
    compared(expiry(one), expiry(other)) ||
    Number(one.terms.transferable) - Number(other.terms.transferable) ||
    one.since - other.since ||
    compared(one.lotId, other.lotId)
  );
}

const compared = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
