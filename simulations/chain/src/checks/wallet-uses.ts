import {
  type ChargedUse,
  type Correction,
  type EventOf,
  movesTokens,
  type RefundedUse,
  type RefusedUse,
  type UsageCorrected,
  type UsageRated,
  type WalletCharged,
} from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import { Receipt } from '../model/receipts.ts';
import type { Alert } from '../model/spending.ts';
import type { ModelWallet } from '../model/wallets.ts';
import { DueUse } from './due-uses.ts';

type RatedEvent = Recorded<EventOf<typeof UsageRated>>;
type CorrectedEvent = Recorded<EventOf<typeof UsageCorrected>>;
type ChargedEvent = Recorded<EventOf<typeof WalletCharged>>;

/** A use, as its wallet has to do with it. */
interface WalletUse {
  readonly walletId: string;
  readonly payerId: string;
  readonly receipt: Receipt;
  /** Number of the last correction that was applied. */
  number: number;
  waiting?: { readonly due: DueUse; readonly since: number } | undefined;
  /** Whether anything was ever charged for it. */
  wasCharged: boolean;
}

/** What a charge is for: a use in its wallet. */
interface ToPay {
  readonly use: WalletUse;
  readonly due: DueUse;
  readonly waits: boolean;
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

  /** The wallet that is to pay all uses of an event; `undefined` where one of them is new. */
  walletsOf({ data }: ChargedEvent): string | undefined {
    const known = [...data.uses, ...data.refused, ...data.refunded].map(
      ({ usageId }) => this.uses.get(usageId)?.walletId,
    );
    return known.every((each) => each === known[0]) ? known[0] : undefined;
  }

  /** @throws Violation unless the wallet charges, refuses and gives back what the model does */
  see(event: ChargedEvent, wallet: ModelWallet, day: string): readonly Alert[] {
    const { uses, refused, refunded } = event.data;
    const toPay = this.toPay(event);
    const back = toPay.filter(({ due }) => due.tokens <= 0n);
    same(() => `the uses that ${event.id} gives back for`, refunded.map(idOf), back.map(nameOf));
    back.forEach((each, index) => this.giveBack(refunded[index]!, each, wallet));
    const [said, alerts] = [new Map<string, ChargedUse | RefusedUse>(), [] as Alert[]];
    for (const use of [...uses, ...refused]) said.set(use.usageId, use);
    const more = toPay.filter(({ due }) => due.tokens > 0n);
    const [paid, unpaid]: string[][] = [[], []];
    for (const each of more) {
      const outcome = wallet.charge(
        { tokens: each.due.tokens, ...each.due.purpose },
        this.actorOf(each),
        day,
        event.time,
      );
      const name = nameOf(each);
      if ('lots' in outcome) paid!.push(name);
      else if (!each.waits) unpaid!.push(name);
      const answer = said.get(name);
      if ('lots' in outcome) this.pay(answer, each, { ...outcome, day });
      else if (!each.waits) this.refuse(answer, each, outcome, event.sequence);
      else ensure(answer === undefined, () => `${event.id} charges ${name}, which waits for ${outcome.code}`);
      alerts.push(...wallet.newAlerts(day));
    }
    same(() => `the charged uses of ${event.id}`, uses.map(idOf), paid);
    same(() => `the refused uses of ${event.id}`, refused.map(idOf), unpaid);
    this.compareSums(event, wallet);
    return alerts;
  }

  /** What an event of the wallet has to answer, in order. */
  private toPay(event: ChargedEvent): readonly ToPay[] {
    const { ratedBy } = event.data;
    if (ratedBy === undefined) return this.collected(event);
    const corrected = this.corrected.get(ratedBy);
    if (corrected) return this.corrections(event, corrected);
    const rated = this.rated.get(ratedBy);
    if (!rated) throw new Violation(`${event.id} charges ${ratedBy}, which was not rated`);
    ensure(!this.chargedFor.has(ratedBy), () => `${ratedBy} is charged again by ${event.id}`);
    this.chargedFor.add(ratedBy);
    same(() => `the payer of ${event.id}`, event.data.partyId, rated.data.partyId);
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
      const { usageId, number, after } = correction;
      if (number <= use.number) {
        ensure(!said.has(usageId), () => `correction ${number} of ${usageId} in ${id} is applied again`);
        return [];
      }
      same(() => `the correction of ${usageId} before ${number}`, use.number, after);
      use.number = number;
      return [{ use, due: use.waiting ? use.waiting.due.and(correction) : new DueUse([correction]), waits: false }];
    });
  }

  /** The use that a correction is of, if its wallet is this one: a free use has none yet. */
  private useOf({ usageId, after, was }: Correction, event: ChargedEvent, isSaid: boolean): WalletUse | undefined {
    const known = this.uses.get(usageId);
    if (known) {
      const isHere = known.walletId === event.data.walletId;
      ensure(isHere || !isSaid, () => `${event.id} corrects ${usageId}, which ${known.walletId} was to pay`);
      return isHere ? known : undefined;
    }
    if (!isSaid) return undefined;
    same(() => `what ${usageId} cost, which no wallet knows`, [after, was], [0, 0n]);
    return this.begin(usageId, event);
  }

  /**
   * Uses that waited and are charged, the oldest first. Those of the same payer between them were
   * tried, too.
   */
  private collected(event: ChargedEvent): readonly ToPay[] {
    const { walletId, partyId, uses, refused, refunded } = event.data;
    same(() => `what ${event.id} does beside collecting`, [...refused, ...refunded].map(idOf), []);
    const waiting = [...this.uses]
      .flatMap(([usageId, use]) => (use.walletId === walletId && use.waiting ? [{ usageId, use, ...use.waiting }] : []))
      .sort((one, other) => one.since - other.since || (one.usageId < other.usageId ? -1 : 1));
    const places = uses.map(({ usageId }) => waiting.findIndex((each) => each.usageId === usageId));
    ensure(
      places.every((place) => place >= 0),
      () => `${event.id} collects what does not wait`,
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
    same(() => `what ${what} brings`, wallet.lots.total - before, tokens);
    if (use.waiting) this.count('what waited ended');
    if (tokens > 0n) this.count('refunded');
    use.waiting = undefined;
  }

  private pay(answer: ChargedUse | RefusedUse | undefined, each: ToPay, paid: Paid): void {
    const { use, due, waits } = each;
    const name = nameOf(each);
    if (!answer || !('lots' in answer)) throw new Violation(`${name} is not charged, and could be`);
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
    use.receipt.pay(paid);
  }

  private refuse(answer: ChargedUse | RefusedUse | undefined, each: ToPay, outcome: Refusal, sequence: number): void {
    const { use, due } = each;
    const name = nameOf(each);
    if (!answer || !('code' in answer)) throw new Violation(`${name} is not refused as ${outcome.code}`);
    due.compare(`the refusal of ${name}`, answer);
    const { tokens, code, limit, available, required } = answer;
    const isShort = outcome.available !== undefined;
    same(
      () => `the refusal of ${name}`,
      [tokens, code, limit, ...(isShort ? [available, required] : [])],
      [due.tokens, outcome.code, outcome.limit, ...(isShort ? [outcome.available, due.tokens] : [])],
    );
    this.count(`${code} ${limit ?? ''}`.trim());
    use.waiting = { due, since: use.waiting?.since ?? sequence };
  }

  private compareSums({ id, data, lane }: ChargedEvent, wallet: ModelWallet): void {
    const [tokens, givenBack] = [sumOf(data.uses), sumOf(data.refunded)];
    same(() => `what ${id} takes and gives`, [data.tokens, data.givenBack], [tokens, givenBack]);
    const sums = new Map<string, bigint>();
    for (const { account, amount } of data.postings) sums.set(account, (sums.get(account) ?? 0n) + amount);
    const moved = tokens - givenBack;
    const meant = [`lane:${lane}:escrow ${moved}`, `wallet:${data.walletId}:available ${-moved}`];
    same(
      () => `the postings of ${id}`,
      Array.from(sums, ([account, amount]) => `${account} ${amount}`)
        .filter((each) => !each.endsWith(' 0'))
        .sort(),
      moved === 0n ? [] : meant,
    );
    const lots = [
      ...data.uses.flatMap((use) => use.lots),
      ...data.refunded.flatMap((use) => use.returned).flatMap((each) => each.lots),
    ];
    same(
      () => `the lots whose terms ${id} states`,
      data.lotTerms.map(({ lotId }) => lotId).sort(),
      [...new Set(lots.map(({ lotId }) => lotId))].sort(),
    );
    for (const { lotId, priority, expiresAt, transferable, source } of data.lotTerms) {
      const terms = wallet.lots.termsOf(lotId);
      same(
        () => `the terms of ${lotId} in ${id}`,
        [priority, expiresAt && Date.parse(expiresAt), transferable, source],
        [terms?.priority, terms?.expiresAt ?? null, terms?.transferable, terms?.source],
      );
    }
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
    same(() => 'uses that wait, though there are tokens', this.waiting, []);
  }
}

interface Paid {
  readonly lots: readonly (readonly [lotId: string, tokens: bigint])[];
  readonly memberIds: readonly string[];
  readonly day: string;
}
interface Refusal {
  readonly code: string;
  readonly limit?: string;
  readonly available?: bigint;
}

const idOf = ({ usageId }: { readonly usageId: string }): string => usageId;
const nameOf = ({ due }: ToPay): string => due.last.usageId;
const sumOf = (items: readonly { readonly tokens: bigint }[]): bigint =>
  items.reduce((sum, { tokens }) => sum + tokens, 0n);
