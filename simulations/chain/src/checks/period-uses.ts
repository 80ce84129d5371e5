import type { EventOf, RefundedUse, WalletCharged } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import type { SetOff } from '../model/period-accounts.ts';
import type { Returned } from '../model/receipts.ts';
import type { ModelWallet } from '../model/wallets.ts';
import { DueUse, listed, type Said, sharesBy } from './due-uses.ts';

type ChargedEvent = Recorded<EventOf<typeof WalletCharged>>;
type Left = NonNullable<RefundedUse['left']>;

/** Wallets that may have nothing left to give back for a use, one after the other. */
const mostPassedOver = 5;

/** A use that gives back of its period, and what the wallet says of it. */
interface Giving {
  readonly due: DueUse;
  readonly refund: RefundedUse;
  readonly setOff: readonly SetOff[];
}

/** What the wallet says of uses that give back of their periods, beside what the model says. */
export class PeriodUses {
  /** By use: what other events are to give back. */
  private readonly left = new Map<string, { readonly last: Said; readonly part: Left }[]>();
  /** By period: what its uses came to. */
  private readonly applied = new Map<string, bigint>();
  /** Lots of which a wallet was charged for a period, by both, the day and the members. */
  private readonly charged = new Map<string, bigint>();
  /** By use: wallets that had nothing to give back any more. */
  private readonly passedOver = new Map<string, number>();
  /** By period and wallet. */
  private readonly accounts = new Map<string, { readonly period: string; readonly wallet: ModelWallet }>();

  /** A use was rated or corrected, and a wallet hears of it first. */
  apply({ counted, tokens }: Said): void {
    if (!counted) return;
    const period = `${counted.subscriptionId} ${counted.from}`;
    this.applied.set(period, (this.applied.get(period) ?? 0n) + tokens);
  }

  /** True for an event that gives back what another one left. */
  isRest = ({ data }: ChargedEvent): boolean =>
    data.ratedBy === undefined && data.refunded.some(({ setOffBy }) => setOffBy === undefined);

  /** What an earlier event left of a use. @throws Violation where none did */
  rest({ id, data: { uses, refunded } }: ChargedEvent): DueUse {
    const [refund, ...others] = refunded.filter(({ setOffBy }) => setOffBy === undefined);
    ensure(others.length === 0 && uses.length === 0, () => `${id} does more than refund the rest`);
    const [next, ...later] = this.left.get(refund!.usageId) ?? [];
    if (!next) throw new Violation(`${id} refunds for ${refund!.usageId}, of which no rest is open`);
    this.left.set(refund!.usageId, later);
    const { tokens, shares } = next.part;
    const { chargeId } = refund!;
    ensure(chargeId !== next.last.chargeId, () => `${id} has the receipt of another event`);
    return new DueUse([{ ...next.last, chargeId, tokens: -tokens, shares, units: {}, lines: [] }]);
  }

  account(wallet: ModelWallet, period: string) {
    this.accounts.set(`${period} ${wallet.ownerId}`, { period, wallet });
    return wallet.accountOf(period);
  }

  /** A use of a period was charged. */
  pay(wallet: ModelWallet, period: string, paid: Returned): void {
    this.grow(wallet, period, paid, 1n);
    this.account(wallet, period).receipt.pay(byKind(wallet, paid));
  }

  private grow(wallet: ModelWallet, period: string, { day, memberIds, lots }: Returned, sign: bigint): void {
    for (const [lotId, tokens] of lots) {
      const name = [period, wallet.ownerId, day, memberIds.join(' '), lotId].join('|');
      const left = (this.charged.get(name) ?? 0n) + sign * tokens;
      ensure(left >= 0n, () => `refunds exceed charges: ${-left} of ${name}`);
      this.charged.set(name, left);
    }
  }

  /**
   * A use gives back of its period, in a wallet.
   * @param isRest true for what another event left
   * @returns waiting uses that it lowers
   * @throws Violation unless the wallet says the same
   */
  giveBack(due: DueUse, { id, data }: ChargedEvent, wallet: ModelWallet, isRest: boolean): Giving {
    const { usageId } = due.last;
    const refund = data.refunded.find((each) => each.usageId === usageId && each.setOffBy === undefined);
    if (!refund) throw new Violation(`${id} does not refund the tokens by which ${usageId} makes its period cheaper`);
    const what = `the refund of ${refund.chargeId}`;
    const account = this.account(wallet, due.period!);
    // Its own part, which waited, is in what is due by now; of a rest, a later correction waits.
    if (!isRest) account.wait(usageId, 0n);
    const ended = data.refunded.filter(({ setOffBy }) => setOffBy === usageId).length;
    const most = refund.left && ended > 0 ? ended : Infinity;
    const wouldPay = wallet.lots.wouldHavePaidOf.bind(wallet.lots);
    const { setOff, returned, left } = account.giveBack(-due.tokens, wouldPay, most);
    const back = returned.reduce((sum, { lots }) => lots.reduce((all, [, tokens]) => all + tokens, sum), 0n);
    same(() => `the tokens of ${what}`, [refund.tokens, refund.left?.tokens ?? 0n], [back, left]);
    if (isRest && left === -due.tokens) this.passOver(usageId, id);
    this.takeBack(what, refund, returned, wallet, due.period!);
    const before = isRest ? due.tokens : due.lowering;
    due.compareUse(what, refund, before - due.tokens - back);
    if (refund.left) {
      const open = this.left.get(usageId) ?? [];
      this.left.set(usageId, [...open, { last: due.last, part: refund.left }]);
    }
    return { due, refund, setOff };
  }

  /**
   * A wallet had something to give back as it was claimed, and has nothing as it is asked.
   * @throws Violation where that happens again and again
   */
  private passOver(usageId: string, id: string): void {
    const times = (this.passedOver.get(usageId) ?? 0) + 1;
    ensure(times <= mostPassedOver, () => `${id} gives back nothing of ${usageId}, as ${mostPassedOver} did before`);
    this.passedOver.set(usageId, times);
  }

  private takeBack(
    what: string,
    refund: RefundedUse,
    returned: readonly Returned[],
    wallet: ModelWallet,
    period: string,
  ): void {
    const stated = refund.returned.map(({ day, memberIds = [], lots }): Returned => ({
      ...{ day, memberIds },
      lots: lots.map(({ lotId, tokens }) => [lotId, tokens] as const),
    }));
    const kinds = (all: readonly Returned[]) =>
      all.map(({ day, memberIds, lots }) => [day, memberIds, Object.entries(Object.fromEntries(lots)).sort()]);
    same(() => `the lots of ${what}`, kinds(stated.map((each) => byKind(wallet, each))), kinds(returned));
    for (const each of stated) this.grow(wallet, period, each, -1n);
    const into = new Map(
      refund.returned.flatMap(({ lots }) => lots.flatMap((lot) => (lot.into ? [[lot.lotId, lot.into] as const] : []))),
    );
    const before = wallet.lots.total;
    wallet.putBack(stated, (lotId) => into.get(lotId) ?? lotId);
    same(() => `the tokens added by ${what}`, wallet.lots.total - before, refund.tokens);
  }

  /** @throws Violation unless what is set off, goes back and is left has shares in proportion */
  compareShares(what: string, givings: readonly Giving[], lowered: ReadonlyMap<string, bigint>): void {
    const sums = new Map<string, bigint>(lowered);
    for (const { due, refund, setOff } of givings) {
      const { left } = refund;
      for (const [name, tokens] of sharesBy([refund, ...(left ? [left] : [])])) {
        sums.set(name, (sums.get(name) ?? 0n) + tokens);
      }
      for (const [name, tokens] of due.shares) sums.set(name, (sums.get(name) ?? 0n) - tokens);
      near(what, due, sharesBy([refund]), refund.tokens, setOff.length + 2);
      if (left) near(what, due, sharesBy([left]), left.tokens, setOff.length + 2);
    }
    same(() => `the shares of ${what} beyond the rated ones`, listed(sums), []);
  }

  /** @throws Violation unless a period is charged, and waits for, what its uses came to */
  finish(): void {
    const open = [...this.left].filter(([, parts]) => parts.length > 0).map(([usageId]) => usageId);
    same(() => 'uses with a rest to refund', open, []);
    const sums = new Map<string, bigint>();
    for (const { period, wallet } of this.accounts.values()) {
      const { receipt, waiting } = wallet.accountOf(period);
      sums.set(period, (sums.get(period) ?? 0n) + receipt.total + waiting);
    }
    same(() => 'the charges of wallets for periods', listed(sums), listed(this.applied));
  }
}

function byKind(wallet: ModelWallet, paid: Returned): Returned {
  const sums = new Map<string, bigint>();
  for (const [lotId, tokens] of paid.lots) {
    const kind = wallet.lots.kindOf(lotId);
    sums.set(kind, (sums.get(kind) ?? 0n) + tokens);
  }
  return { ...paid, lots: [...sums] };
}

/** Each rounding may take away less than one µAIT. */
function near(what: string, due: DueUse, shares: ReadonlyMap<string, bigint>, tokens: bigint, roundings: number): void {
  const sum = [...shares.values()].reduce((all, each) => all + each, 0n);
  same(() => `the sum of the shares of ${what}`, sum, -tokens);
  for (const [name, all] of due.shares) {
    const [part, size] = [(shares.get(name) ?? 0n) * due.tokens, -due.tokens];
    const off = part + all * tokens;
    ensure(
      off <= size * BigInt(roundings) && off >= -size * BigInt(roundings),
      () => `the share of ${name} of ${what} is ${shares.get(name)}, of ${all} for ${due.tokens}`,
    );
  }
}
