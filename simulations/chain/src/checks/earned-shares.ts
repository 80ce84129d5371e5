import type {
  ChargedUse,
  Earned,
  EscrowShare,
  EventOf,
  LaneClosed,
  LaneCounted,
  PeriodClosed,
  RefundedUse,
  StatementMade,
  StatementPaid,
  UsesAccrued,
  WalletCharged,
} from '@tokengrid/contracts';
import { type Recorded, systemStreamId } from '@tokengrid/kernel';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import { dayIn } from '../model/days.ts';
import { type Advance, type Collected, EarningsLane, microsOf, Sums } from '../model/earnings.ts';

type ChargedEvent = Recorded<EventOf<typeof WalletCharged>>;
type Accrual = Recorded<EventOf<typeof UsesAccrued>>;
type Closing = Recorded<EventOf<typeof LaneClosed>>;
type Counting = Recorded<EventOf<typeof LaneCounted>>;
type Statement = Recorded<EventOf<typeof StatementMade>>;

/** A wallet lane, as settlement follows it. */
interface Followed {
  /** Charges that brought something and are not accrued yet, in order. */
  readonly waiting: ChargedEvent[];
  accruedTo: number;
  charged: bigint;
  accrued: bigint;
  released: bigint;
}

/** What settlement says of earnings, beside what the model makes of the same charges. */
export class EarnedShares {
  readonly lanes: readonly EarningsLane[];
  readonly followed: readonly Followed[];
  readonly statements = new Map<string, Statement['data']>();
  private readonly counted = new Map<string, Closing['data'][]>();
  private readonly reported = new Map<string, Closing['data']>();
  /** What wallets paid of statements, by statement and wallet lane. */
  private readonly paid = new Sums();
  private readonly recorded = new Sums();
  /** By party and role: all that was ever collected for them. */
  readonly earned = new Sums();
  readonly stated = new Sums();
  /** Sums that say that they are late: what a history has reached. */
  late = 0;
  /** Advances of the operator. */
  advanced = 0;

  constructor(
    private readonly zone: string,
    lanes: { readonly settlement: number; readonly wallet: number },
    /** Whether a charge is the first of its use. */
    private readonly isFirst: (chargeId: string) => boolean,
  ) {
    this.lanes = Array.from({ length: lanes.settlement }, () => new EarningsLane());
    this.followed = Array.from({ length: lanes.wallet }, () => ({
      ...{ waiting: [], accruedTo: 0, charged: 0n, accrued: 0n, released: 0n },
    }));
  }

  /** Uses were charged and given back: their shares are to be accrued, once. */
  expect(event: ChargedEvent): void {
    const followed = this.followed[event.lane]!;
    followed.charged += broughtBy(event);
    const collected = this.collectedBy(event);
    if (collected.length > 0) followed.waiting.push(event);
    for (const { earners, isFirst } of collected) {
      for (const { partyId, role, tokens } of earners) this.earned.add([partyId, role], tokens, isFirst ? 1 : 0);
    }
  }

  /** A wallet lane paid a part of a statement. */
  pay(statementId: string, walletLane: number, tokens: bigint, what: string): void {
    const statement = this.statements.get(statementId);
    const share = statement?.payFrom.find((each) => each.walletLane === walletLane);
    same(() => `the payment of ${statementId} by ${what}`, tokens, share?.tokens);
    ensure(this.paid.of(statementId, walletLane).uses === 0, () => `${what} pays ${statementId} again`);
    const isFilled = !share?.filledBy || this.paid.of(share.filledBy, walletLane).uses > 0;
    ensure(isFilled, () => `${what} pays ${statementId} before ${share?.filledBy} fills up lane ${walletLane}`);
    this.paid.add([statementId, walletLane], tokens);
    this.followed[walletLane]!.released += tokens;
  }

  /** @throws Violation unless a lane's accrual is the sum of the next charges of a wallet's lane */
  accrue({ id, data, lane, streamId }: Accrual): void {
    const followed = this.followed[data.walletLane]!;
    same(() => `the lane of ${id}`, lane, data.walletLane % this.lanes.length);
    same(() => `the stream of ${id}`, streamId, systemStreamId(lane, this.lanes.length));
    ensure(
      data.from > followed.accruedTo,
      () => `${id} begins at ${data.from}, but accruals reach ${followed.accruedTo}`,
    );
    ensure(data.from <= data.to, () => `${id} ends before it begins`);
    const rest = followed.waiting.findIndex(({ sequence }) => sequence > data.to);
    const events = followed.waiting.splice(0, rest === -1 ? followed.waiting.length : rest);
    ensure(events.length > 0, () => `${id} accrues no open charge`);
    ensure(data.from <= events[0]!.sequence, () => `${id} skips ${events[0]!.id}`);
    followed.accruedTo = data.to;
    followed.accrued += data.tokens;
    const uses = events.flatMap((event) => this.collectedBy(event));
    const accrued = this.lanes[lane]!.accrue(data.walletLane, uses);
    same(() => `the number of uses of ${id}`, data.uses, uses.filter(({ isFirst }) => isFirst).length);
    same(() => `the tokens accrued by ${id}`, data.tokens, sumOf(uses.map(({ tokens }) => tokens)));
    const { sums, units } = this.read(id, data.periods);
    same(() => `the sums of ${id}`, sums.all, accrued.sums.all);
    same(() => `the units of ${id}`, units.all, accrued.units.all);
    const usesBy = (day: string) =>
      uses.filter((use) => use.isFirst && this.lanes[lane]!.openDayFor(use.day) === day).length;
    for (const { period, uses: stated } of data.periods) {
      same(() => `the uses of ${period} in ${id}`, stated, usesBy(period));
    }
    this.seeAdvances(id, data.periods, accrued.advances);
  }

  /** What the operator lays out for a party, the party is paid. */
  private seeAdvances(id: string, periods: Accrual['data']['periods'], advances: readonly Advance[]): void {
    const [stated, meant] = [new Sums(), new Sums()];
    for (const { period, advanced } of periods) {
      for (const { partyId, role, tokens } of advanced) {
        ensure(stated.of(period, partyId, role).uses === 0, () => `${id} has two advances for ${partyId}`);
        stated.add([period, partyId, role], tokens);
      }
    }
    for (const { day, partyId, role, tokens } of advances) {
      meant.add([day, partyId, role], tokens, meant.of(day, partyId, role).uses === 0 ? 1 : 0);
      this.earned.add([partyId, role], tokens, 0);
      this.earned.add(['operator', 'operator'], -tokens, 0);
      this.advanced += 1;
    }
    same(() => `the operator's advances by ${id}`, stated.all, meant.all);
  }

  /** What an accrual says, as the model says it. */
  private read(id: string, periods: Accrual['data']['periods']) {
    const [sums, units] = [new Sums(), new Sums()];
    for (const { period, timeZone, tokens: total, sums: ofPeriod } of periods) {
      same(() => `the zone of ${id}`, timeZone, this.zone);
      same(() => `the tokens accrued for ${period} by ${id}`, total, sumOf(ofPeriod.map(({ tokens }) => tokens)));
      for (const sum of ofPeriod) {
        const { lateFor, partyId, role, app, plan, model, priceVersion } = sum;
        const words = [period, lateFor, partyId, role, app, plan, model, priceVersion];
        ensure(sums.of(...words).uses === 0, () => `${id} has two sums for ${words.join(' ')}`);
        sums.add(words, sum.tokens, sum.uses);
        for (const [meter, amount] of Object.entries(sum.units)) units.add([...words, meter], microsOf(amount), 0);
        if (lateFor !== undefined) this.late += 1;
      }
    }
    return { sums, units };
  }

  /** What a charge collected, and gave back. */
  private collectedBy({ data }: ChargedEvent): readonly Collected[] {
    const collected = (use: ChargedUse | RefundedUse, tokens: bigint): Collected => ({
      ...use,
      tokens,
      day: dayIn(this.zone, Date.parse(use.time)),
      earners: use.shares,
      isFirst: this.isFirst(use.chargeId),
    });
    return [
      ...data.uses.map((use) => collected(use, use.tokens)),
      ...data.refunded.map((use) => collected(use, -use.tokens)),
    ];
  }

  /** @throws Violation unless a lane reports what it owes for the day that it closes */
  close({ id, data, lane }: Closing): void {
    const earnings = this.lanes[lane]!;
    ensure(!earnings.isClosed(data.period), () => `${id} closes ${data.period} again`);
    const owed = earnings.owedFor(data.period);
    same(() => `the earnings in ${id}`, earnedIn(data.earned).all, owed.earned.all);
    same(() => `the escrow of ${id}`, escrowIn(data.escrow), escrowOf(owed.escrow, this.followed.length));
    same(() => `the uses of ${id}`, data.uses, owed.uses);
    earnings.close(data.period);
    this.reported.set(`${data.period} ${lane}`, data);
  }

  /** @throws Violation unless a lane's report is counted once, as it was */
  count({ id, data }: Counting): void {
    const { lane, ...counted } = data;
    const reported = this.reported.get(`${data.period} ${lane}`);
    if (!reported) throw new Violation(`${id} counts lane ${lane}, whose report is missing`);
    this.reported.delete(`${data.period} ${lane}`);
    same(() => `the earnings counted by ${id}`, earnedIn(counted.earned).all, earnedIn(reported.earned).all);
    same(() => `the escrow of ${id}`, escrowIn(counted.escrow), escrowIn(reported.escrow));
    same(() => `the uses of ${id}`, counted.uses, reported.uses);
    this.counted.set(data.period, [...(this.counted.get(data.period) ?? []), reported]);
  }

  /**
   * @throws Violation unless the last lane's count makes the statements, which pay each party what
   * it earned, and all of the period's escrow
   */
  settle(period: string, statements: readonly Statement[], closed: EventOf<typeof PeriodClosed>['data']): void {
    const reports = this.counted.get(period) ?? [];
    same(() => `the number of lanes of ${period}`, reports.length, this.lanes.length);
    const owed = earnedIn(reports.flatMap(({ earned }) => earned));
    const stated = earnedIn(statements.flatMap(({ data }) => data.lines));
    same(() => `the earnings in the statements of ${period}`, stated.all, owed.all);
    const escrow = escrowIn(reports.flatMap((report) => report.escrow));
    const pays = escrowIn(statements.flatMap(({ data }) => data.payFrom));
    same(() => `the escrow taken by the statements of ${period}`, pays, escrow);
    const uses = reports.reduce((sum, report) => sum + report.uses, 0);
    same(
      () => `the end of ${period}`,
      [closed.statements, closed.tokens, closed.uses],
      [statements.length, owed.total, uses],
    );
    ensure(
      new Set(statements.map(({ data }) => data.partyId)).size === statements.length,
      () => `a party has two statements of one day`,
    );
    for (const { id, data } of statements) this.seeStatement(id, data);
  }

  private seeStatement(id: string, data: Statement['data']): void {
    const lines = sumOf(data.lines.map(({ tokens }) => tokens));
    same(() => `the sum of ${id}`, [data.tokens, sumOf(data.payFrom.map(({ tokens }) => tokens))], [lines, lines]);
    ensure(
      data.lines.every(({ partyId }) => partyId === data.partyId),
      () => `${id} is for two parties`,
    );
    ensure(!this.statements.has(data.statementId), () => `${data.statementId} is made again`);
    this.statements.set(data.statementId, data);
    for (const { partyId, role, tokens, uses } of data.lines) this.stated.add([partyId, role], tokens, uses);
  }

  /** A statement's payment came back. */
  record({ id, data }: Recorded<EventOf<typeof StatementPaid>>): void {
    const { statementId, walletLane, tokens } = data;
    same(() => `the payment recorded by ${id}`, tokens, this.paid.of(statementId, walletLane).tokens);
    ensure(this.recorded.of(statementId, walletLane).uses === 0, () => `${id} records a payment again`);
    this.recorded.add([statementId, walletLane], tokens);
  }

  /**
   * @throws Violation unless a lane's escrow is what is accrued and not settled, and not accrued
   */
  balance(escrowOfLane: (lane: number) => bigint): void {
    for (const [lane, { waiting, charged, accrued, released }] of this.followed.entries()) {
      const unaccrued = sumOf(waiting.map(broughtBy));
      same(() => `the escrow of lane ${lane}`, escrowOfLane(lane), accrued - released + unaccrued);
      same(() => `the charges of lane ${lane}`, charged, accrued + unaccrued);
    }
  }

  /**
   * @throws Violation where somebody did not get what was collected for them, once all is closed
   */
  finish(): void {
    same(() => 'the earnings in all statements', this.stated.all, this.earned.all);
    for (const [lane, { waiting, charged, released }] of this.followed.entries()) {
      ensure(waiting.length === 0, () => `${waiting.length} charges of lane ${lane} are not accrued`);
      same(() => `the payments from lane ${lane}`, released, charged);
    }
    same(() => 'the recorded payments', this.recorded.all, this.paid.all);
  }
}

/** What a charge brought into escrow, less what it took out. */
const broughtBy = ({ data }: ChargedEvent): bigint => data.tokens - data.givenBack;

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);

function earnedIn(lines: readonly Earned[]): Sums {
  const sums = new Sums();
  for (const { partyId, role, tokens, uses } of lines) sums.add([partyId, role], tokens, uses);
  return sums;
}

/** By wallet lane, without lanes that have nothing. */
function escrowIn(shares: readonly EscrowShare[]): readonly string[] {
  const byLane = new Map<number, bigint>();
  for (const { walletLane, tokens } of shares) byLane.set(walletLane, (byLane.get(walletLane) ?? 0n) + tokens);
  const some = [...byLane].filter(([, tokens]) => tokens !== 0n);
  return some.map(([lane, tokens]) => `${lane}: ${tokens}`).sort();
}

const escrowOf = (escrow: Sums, lanes: number): readonly string[] =>
  Array.from({ length: lanes }, (_, lane) => [lane, escrow.of(lane).tokens] as const)
    .filter(([, tokens]) => tokens !== 0n)
    .map(([lane, tokens]) => `${lane}: ${tokens}`)
    .sort();
