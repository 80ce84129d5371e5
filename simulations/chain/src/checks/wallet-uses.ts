import {
  type ChargedUse,
  type Correction,
  type EventOf,
  movesTokens,
  type RefundedUse,
  type UsageCorrected,
  type UsageRated,
  type WalletCharged,
} from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import { Receipt } from '../model/receipts.ts';
import type { Alert } from '../model/spending.ts';
import type { ModelWallet } from '../model/wallets.ts';
import { compareSums } from './charge-sums.ts';
import { DueUse } from './due-uses.ts';
import { PeriodUses } from './period-uses.ts';
import { compareLowered, compareRefused, isNamed, Run, type WalletUse } from './waiting-uses.ts';

type RatedEvent = Recorded<EventOf<typeof UsageRated>>;
type CorrectedEvent = Recorded<EventOf<typeof UsageCorrected>>;
type ChargedEvent = Recorded<EventOf<typeof WalletCharged>>;

/** What a charge is for: a use in its wallet. */
interface ToPay {
  readonly use: WalletUse;
  readonly due: DueUse;
  readonly waits: boolean;
  /** True for what another event left to give back. */
  readonly isRest?: true;
  /** True for the first correction of a use that was free: the wallet hears of the use by it. */
  readonly wasFree?: boolean;
}

/** What the wallet says of uses, beside what the model makes of them. */
export class WalletUses {
  private readonly rated = new Map<string, RatedEvent>();
  private readonly corrected = new Map<string, CorrectedEvent>();
  private readonly chargedFor = new Set<string>();
  /** By id. */
  private readonly uses = new Map<string, WalletUse>();
  /** Charges that were the first of their use. */
  private readonly firsts = new Set<string>();
  readonly periods = new PeriodUses();
  /** What happened, and how often. */
  readonly outcomes = new Map<string, number>();

  /** @param lineOf keys that a key descends from, with itself */
  constructor(private readonly lineOf: (key: string) => readonly string[]) {}

  /** Uses were rated: they are to be charged, once. */
  expectRated(event: RatedEvent): void {
    this.rated.set(event.id, event);
  }

  /** Uses were corrected: the differences are to be charged or given back, once and in order. */
  expectCorrected(event: CorrectedEvent): void {
    this.corrected.set(event.id, event);
  }

  /** Whether a charge was the first of its use, which counts it. */
  isFirst(chargeId: string): boolean {
    return this.firsts.has(chargeId);
  }

  /**
   * The wallet that is to pay all uses of an event; `undefined` where one of them is new. What
   * another event left, any wallet gives back that was charged for it.
   */
  walletsOf(event: ChargedEvent): string | undefined {
    const { data } = event;
    if (this.periods.isRest(event)) return data.walletId;
    const known = [...data.uses, ...data.refused, ...data.refunded].map(
      ({ usageId }) => this.uses.get(usageId)?.walletId,
    );
    return known.every((each) => each === known[0]) ? known[0] : undefined;
  }

  /** @throws Violation unless the wallet charges, refuses and gives back what the model does */
  see(event: ChargedEvent, wallet: ModelWallet, day: string): readonly Alert[] {
    const toPay = this.toPay(event);
    const back = toPay.filter(({ due }) => due.tokens <= 0n && !due.givesBackOfPeriod);
    for (const each of back) this.giveBack(refundOf(event, each), each, wallet);
    const run = new Run(event, wallet, day);
    for (const each of toPay.filter(({ due }) => due.givesBackOfPeriod || due.tokens > 0n)) this.seeOne(each, run);
    compareLowered(run, this.periods);
    const { uses, refused, refunded } = event.data;
    const waits = run.unpaid.filter(([name, use]) => use.waiting && !run.lowered.has(name));
    for (const [name, use] of waits) compareRefused(name, use, refused.find(isNamed(name)));
    const names = waits.map(([name]) => name);
    const others = refused.filter(({ usageId }) => !run.lowered.has(usageId));
    same(() => `the charged uses of ${event.id}`, uses.map(idOf), run.paid);
    same(() => `the refused uses of ${event.id}`, others.map(idOf), names);
    const backFirst = [...back.map(nameOf), ...run.refunded];
    same(() => `the refunded uses of ${event.id}`, refunded.map(idOf), backFirst);
    for (const period of run.periods) this.periods.account(wallet, period).settle();
    compareSums(event, wallet);
    return run.alerts;
  }

  /** One use is charged, refused, or gives back of its period. */
  private seeOne(each: ToPay, run: Run): void {
    const { event, wallet, day } = run;
    const { use, due, waits } = each;
    const name = nameOf(each);
    if (due.period !== undefined) run.periods.add(due.period);
    if (due.givesBackOfPeriod) return this.giveBackOfPeriod(each, run);
    const purposed = { tokens: due.tokens, ...due.purpose };
    const outcome = wallet.charge(purposed, this.actorOf(each), day, event.time);
    const answer = event.data.uses.find(isNamed(name));
    if ('lots' in outcome) {
      run.paid.push(name);
      this.pay(answer, each, { ...outcome, day }, wallet);
      run.alerts.push(...wallet.newAlerts(day));
      return;
    }
    ensure(answer === undefined, () => `${event.id} charges ${name}, which is refused as ${outcome.code}`);
    if (waits) return;
    use.waiting = { due, since: use.waiting?.since ?? event.sequence, why: outcome };
    if (due.period !== undefined) {
      this.periods.account(wallet, due.period).wait(name, due.tokens, use.waiting.since);
    }
    run.unpaid.push([name, use]);
    this.count(`${outcome.code} ${outcome.limit ?? ''}`.trim());
  }

  private giveBackOfPeriod(each: ToPay, run: Run): void {
    const { use, due, isRest = false, wasFree = false } = each;
    const name = nameOf(each);
    const giving = this.periods.giveBack(due, run.event, run.wallet, isRest);
    run.givings.push(giving);
    if (!isRest) use.waiting = undefined;
    this.count(isRest ? 'refunded a rest' : 'refunded of its period');
    if (wasFree && giving.refund.left) this.count('free before left a rest');
    for (const { usageId, tokens } of giving.setOff) {
      const lowered = this.uses.get(usageId)!;
      const before = run.lowered.get(usageId)?.before ?? lowered.waiting!;
      const less = (run.lowered.get(usageId)?.tokens ?? 0n) + tokens;
      run.lowered.set(usageId, { use: lowered, before, tokens: less, by: name });
      if (before.due.tokens === less) {
        lowered.waiting = undefined;
        run.refunded.push(usageId);
      }
      this.count(lowered.waiting ? 'a waiting use lowered' : 'a waiting use set off');
    }
    run.refunded.push(name);
  }

  /** What an event of the wallet has to answer, in order. */
  private toPay(event: ChargedEvent): readonly ToPay[] {
    const { ratedBy } = event.data;
    if (this.periods.isRest(event)) {
      const due = this.periods.rest(event);
      return [{ use: this.uses.get(due.last.usageId)!, due, waits: false, isRest: true }];
    }
    if (ratedBy === undefined) return this.collected(event);
    const corrected = this.corrected.get(ratedBy);
    if (corrected) return this.corrections(event, corrected);
    const rated = this.rated.get(ratedBy);
    if (!rated) throw new Violation(`${event.id} charges ${ratedBy}, which was not rated`);
    ensure(!this.chargedFor.has(ratedBy), () => `${ratedBy} is charged again by ${event.id}`);
    this.chargedFor.add(ratedBy);
    same(() => `the payer of ${event.id}`, event.data.partyId, rated.data.partyId);
    for (const use of rated.data.uses) this.periods.apply(use);
    return rated.data.uses
      .filter(({ tokens }) => tokens !== 0n)
      .map((use) => ({ use: this.begin(use.usageId, event), due: new DueUse([use]), waits: false }));
  }

  private begin(usageId: string, { data }: ChargedEvent): WalletUse {
    ensure(!this.uses.has(usageId), () => `${usageId} is charged as if it were new`);
    const { walletId, partyId: payerId } = data;
    const use: WalletUse = { walletId, payerId, receipt: new Receipt(), number: 0, wasCharged: false };
    this.uses.set(usageId, use);
    return use;
  }

  /** Corrections of an event that this wallet is to apply: those of its uses. */
  private corrections(event: ChargedEvent, { id, data }: CorrectedEvent): readonly ToPay[] {
    same(() => `the payer of ${event.id}`, event.data.partyId, data.partyId);
    const said = new Set([...event.data.uses, ...event.data.refused, ...event.data.refunded].map(idOf));
    return data.corrections.filter(movesTokens).flatMap((correction): readonly ToPay[] => {
      const use = this.useOf(correction, event, said.has(correction.usageId));
      if (use === undefined) return [];
      const { usageId, number, after, was } = correction;
      if (number <= use.number) {
        ensure(!said.has(usageId), () => `correction ${number} of ${usageId} in ${id} is applied again`);
        return [];
      }
      same(() => `the correction of ${usageId} before ${number}`, use.number, after);
      use.number = number;
      this.periods.apply(correction);
      const due = use.waiting ? use.waiting.due.and(correction) : new DueUse([correction]);
      return [{ use, due, waits: false, wasFree: after === 0 && was === 0n }];
    });
  }

  /** The use that a correction is of, if its wallet is this one: a free use has none yet. */
  private useOf({ usageId, after, was }: Correction, event: ChargedEvent, isSaid: boolean): WalletUse | undefined {
    const known = this.uses.get(usageId);
    if (known) {
      const isHere = known.walletId === event.data.walletId;
      ensure(isHere || !isSaid, () => `${event.id} corrects ${usageId}, whose wallet is ${known.walletId}`);
      return isHere ? known : undefined;
    }
    if (!isSaid) return undefined;
    same(() => `the earlier cost of ${usageId}, which no wallet has charged`, [after, was], [0, 0n]);
    return this.begin(usageId, event);
  }

  /**
   * Uses that waited and are charged, the oldest first. Those of the same payer between them were
   * tried, too.
   */
  private collected(event: ChargedEvent): readonly ToPay[] {
    const { walletId, partyId, uses, refused, refunded } = event.data;
    same(() => `refusals and refunds in the collection ${event.id}`, [...refused, ...refunded].map(idOf), []);
    const waiting = [...this.uses]
      .flatMap(([usageId, use]) => (use.walletId === walletId && use.waiting ? [{ usageId, use, ...use.waiting }] : []))
      .sort((one, other) => one.since - other.since || (one.usageId < other.usageId ? -1 : 1));
    const places = uses.map(({ usageId }) => waiting.findIndex((each) => each.usageId === usageId));
    ensure(
      places.every((place) => place >= 0),
      () => `${event.id} collects a use that does not wait`,
    );
    ensure(
      places.every((place, index) => index === 0 || place > places[index - 1]!),
      () => `${event.id} collects younger uses before older ones`,
    );
    return waiting.slice(places[0], places.at(-1)! + 1).map(({ usageId, use, due }) => {
      same(() => `the payer of ${usageId}, which ${event.id} tries`, use.payerId, partyId);
      return { use, due, waits: true };
    });
  }

  private giveBack(refund: RefundedUse, { use, due }: ToPay, wallet: ModelWallet): void {
    const what = `the refund of ${refund.chargeId}`;
    due.compare(what, refund);
    const tokens = -due.tokens;
    const into = new Map(
      refund.returned.flatMap(({ lots }) => lots.flatMap((lot) => (lot.into ? [[lot.lotId, lot.into] as const] : []))),
    );
    const before = wallet.lots.total;
    const returned = wallet.giveBack(tokens, use.receipt, due.purpose, (lotId) => into.get(lotId) ?? lotId);
    same(() => `the tokens of ${what}`, refund.tokens, tokens);
    same(
      () => `the lots of ${what}`,
      refund.returned.map(({ day, memberIds = [], lots }) => [
        day,
        memberIds,
        lots.map((lot) => [lot.lotId, lot.tokens]),
      ]),
      returned.map(({ day, memberIds, lots }) => [day, memberIds, lots]),
    );
    same(() => `the tokens added by ${what}`, wallet.lots.total - before, tokens);
    if (use.waiting) this.count('a waiting use ended');
    if (tokens > 0n) this.count('refunded');
    if (due.period !== undefined) this.periods.account(wallet, due.period).wait(due.last.usageId, 0n);
    use.waiting = undefined;
  }

  private pay(answer: ChargedUse | undefined, each: ToPay, paid: Paid, wallet: ModelWallet): void {
    const { use, due, waits } = each;
    const name = nameOf(each);
    if (!answer) throw new Violation(`${name} is not charged, though the wallet can pay`);
    due.compare(`the charge of ${name}`, answer);
    same(() => `the price of ${name}`, answer.tokens, due.tokens);
    same(() => `the members of ${name}`, answer.memberIds ?? [], paid.memberIds);
    same(
      () => `the lots of ${name}`,
      answer.lots.map(({ lotId, tokens }) => [lotId, tokens]),
      paid.lots,
    );
    if (!use.wasCharged) this.firsts.add(answer.chargeId);
    if (waits) this.count('collected');
    else this.count(due.number === undefined ? 'charged' : 'charged further');
    use.wasCharged = true;
    use.waiting = undefined;
    if (due.period === undefined) return use.receipt.pay(paid);
    this.periods.account(wallet, due.period).wait(name, 0n);
    this.periods.pay(wallet, due.period, paid);
  }

  private actorOf({ use, due }: ToPay) {
    const { key } = due.last;
    return { payerId: use.payerId, keyLine: key === undefined ? [] : this.lineOf(key) };
  }

  private count(what: string): void {
    this.outcomes.set(what, (this.outcomes.get(what) ?? 0) + 1);
  }

  /** Uses that wait for tokens. */
  get waiting(): readonly string[] {
    return [...this.uses].filter(([, { waiting }]) => waiting).map(([usageId]) => usageId);
  }

  /** @throws Violation where a use was neither charged nor refused, or a correction not applied */
  finish(): void {
    for (const [id, { data }] of this.rated) {
      const isFree = data.uses.every(({ tokens }) => tokens === 0n);
      ensure(isFree || this.chargedFor.has(id), () => `${id} is not charged`);
    }
    for (const { data } of this.corrected.values()) {
      for (const { usageId, number } of data.corrections.filter(movesTokens)) {
        ensure(
          (this.uses.get(usageId)?.number ?? 0) >= number,
          () => `correction ${number} of ${usageId} is not applied`,
        );
      }
    }
    this.periods.finish();
    same(() => 'uses that wait, though tokens suffice', this.waiting, []);
  }
}

interface Paid {
  readonly lots: readonly (readonly [lotId: string, tokens: bigint])[];
  readonly memberIds: readonly string[];
  readonly day: string;
}
/** @throws Violation where there is none */
function refundOf({ id, data }: ChargedEvent, { due }: ToPay): RefundedUse {
  const refund = data.refunded.find(({ usageId, setOffBy }) => usageId === due.last.usageId && setOffBy === undefined);
  if (!refund) throw new Violation(`${id} does not refund ${due.last.usageId}`);
  return refund;
}

const idOf = ({ usageId }: { readonly usageId: string }): string => usageId;
const nameOf = ({ due }: ToPay): string => due.last.usageId;
