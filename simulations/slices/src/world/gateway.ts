import {
  derivedId,
  type GatewayEvent,
  instantOf,
  type ServedUse,
  SliceReturned,
  SliceWanted,
  UsesServed,
} from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { type Dice, ensure } from '@tokengrid/simulation-kit';
import { cappedKey, model, owner, payers, unitPrice } from './parties.ts';
import { Reckoning, type Terms } from './reckoning.ts';
import { app, planOf, someUnits, stated } from './plan.ts';
import type { EdgeProcess, Served } from './served.ts';

/** A slice as its process has stored it: another process finds it after a death. */
interface Held {
  readonly sliceId: string;
  readonly partyId: string;
  readonly key: string | undefined;
  readonly gatewayId: string;
  epoch: number;
  number: number;
  isWaiting: boolean;
  /** µAIT granted, less what went back as spare. */
  granted: bigint;
  spent: bigint;
  validUntil: number;
  reports: number;
  readonly unreported: ServedUse[];
  mustEnd: boolean;
  isOver: boolean;
  /** What the app's plan costs at most. */
  readonly reckoning: Reckoning;
}

/** The gateway says an event of a payer. */
type Say = (partyId: string, event: GatewayEvent) => void;

/** Most uses of one report here. */
const mostInReport = 3;
/** Time before the end of a slice at which it is not spent any more. */
const stopBeforeMs = 2000;

/**
 * A stand-in for a process of the gateway. It speaks the gateway's events, spends what it was
 * granted and no more, and stores each use before it is served.
 */
export class Gateway implements EdgeProcess {
  epoch = 1;
  private readonly slices: Held[] = [];
  /** Ends of slices, by slice and request. */
  private readonly ends = new Map<string, number>();
  private uses = 0;
  /** Uses that were served, with what they cost. */
  readonly served = new Map<string, Served>();

  readonly on = [
    ...['SliceOffered', 'SliceRefused', 'SliceRecalled', 'HoldPlaced', 'HoldExtended', 'HoldRefused'],
    ...['HoldExtensionRefused', 'HoldsRecalled'],
  ];

  constructor(
    readonly gatewayId: string,
    private readonly dice: Dice,
    private readonly now: () => number,
    private readonly say: Say,
  ) {}

  /** Begins or renews a slice, serves, reports or gives back: one of these, at random. */
  act(): Promise<void> {
    this.actNow();
    return Promise.resolve();
  }

  /** It looks at the time as it acts. */
  look(): Promise<void> {
    return Promise.resolve();
  }

  private actNow(): void {
    const open = this.slices.filter(({ isOver }) => !isOver);
    const slice = open.length === 0 || this.dice.once(6) ? undefined : this.dice.one(open);
    if (!slice) return this.begin();
    if (slice.mustEnd || slice.epoch < this.epoch) return this.end(slice, slice.mustEnd ? 'recalled' : 'successor');
    if (this.isSpendable(slice)) {
      const roll = this.dice.roll(10);
      if (roll < 5) return this.serve(slice);
      if (roll < 8) return this.report(slice);
      if (roll === 8) return this.renew(slice);
      return this.dice.once(3) ? this.end(slice, 'idle') : this.renew(slice);
    }
    if (!slice.isWaiting && this.now() >= slice.validUntil - stopBeforeMs) return this.end(slice, 'ended');
    if (slice.isWaiting && this.dice.once(3)) this.report(slice);
  }

  /** Gives all slices back, and tells what is stored of them. */
  windUp(): Promise<void> {
    for (const slice of this.slices) if (!slice.isOver && !slice.isWaiting) this.end(slice, 'ended');
    return Promise.resolve();
  }

  /** Another process takes over what is stored; requests under way are nobody's. */
  die(): Promise<void> {
    this.epoch += 1;
    for (const slice of this.slices) slice.isWaiting = false;
    return Promise.resolve();
  }

  /** An event of metering or the wallet arrives. */
  hear({ type, data }: Recorded<DomainEvent>): void {
    const said = data as Said;
    if (type === 'SliceOffered') this.offered(said.sliceId!, said.number!, said as Terms);
    else if (type === 'SliceRefused') this.refused(said.sliceId!, said.number!);
    else if (type === 'SliceRecalled') for (const id of said.sliceIds!) this.recalled(id);
    else if (type === 'HoldsRecalled') for (const { sliceId } of said.slices!) this.recalled(sliceId);
    else if (!said.slice) return;
    else if (type === 'HoldPlaced' || type === 'HoldExtended') this.granted(said.slice, said.tokens!);
    else if (type.endsWith('Refused')) this.refused(said.slice.sliceId, said.slice.number);
  }

  private begin(): void {
    const partyId = this.dice.one(payers);
    const key = partyId === owner && this.dice.once(2) ? cappedKey : undefined;
    const isThere = this.slices.some(
      (slice) => !slice.isOver && slice.epoch === this.epoch && slice.partyId === partyId && slice.key === key,
    );
    if (isThere) return;
    const sliceId = derivedId('slc', this.gatewayId, String(this.slices.length));
    const { gatewayId, epoch } = this;
    const slice: Held = {
      ...{ sliceId, partyId, key, gatewayId, epoch, number: 0, isWaiting: false, granted: 0n, spent: 0n },
      ...{ validUntil: 0, reports: 0, unreported: [], mustEnd: false, isOver: false },
      reckoning: new Reckoning(planOf),
    };
    this.slices.push(slice);
    this.ask(slice, this.dice.tokens(900), 0n);
  }

  /** Asks for more, for time alone, or for time with less. */
  private renew(slice: Held): void {
    if (slice.isWaiting) return;
    const left = slice.granted - slice.spent;
    const spare = left > 0n && this.dice.once(4) ? BigInt(1 + this.dice.roll(Number(left))) : 0n;
    slice.granted -= spare;
    this.ask(slice, spare > 0n || this.dice.once(4) ? 0n : this.dice.tokens(600), spare);
  }

  private ask(slice: Held, tokens: bigint, spare: bigint): void {
    const { sliceId, partyId, gatewayId, epoch, key } = slice;
    slice.number += 1;
    slice.isWaiting = true;
    const of = { sliceId, partyId, gatewayId, epoch, number: slice.number, ...(key !== undefined && { key }) };
    // What waits comes first.
    const scope = this.dice.once(2) ? [{ model }, { app }] : [{ app }, { model }];
    this.say(partyId, SliceWanted({ ...of, scope, tokens, atLeast: unitPrice * 4n, spare }));
  }

  private isSpendable({ mustEnd, validUntil }: Held): boolean {
    return !mustEnd && this.now() < validUntil - stopBeforeMs;
  }

  private serve(slice: Held): void {
    const most = Number((slice.granted - slice.spent) / unitPrice);
    if (most === 0 || this.dice.once(2)) return this.serveApp(slice);
    const isFree = this.dice.once(12);
    const count = isFree ? 0 : 1 + this.dice.roll(Math.min(most, 40));
    const tokens = BigInt(count) * unitPrice;
    this.spend(slice, { model, units: { input_tokens: String(count) } }, tokens);
  }

  /** Serves the app, if what is left of the slice covers what it costs at most. */
  private serveApp(slice: Held): void {
    const units = someUnits(this.dice);
    const taken = slice.reckoning.take(units, this.now(), slice.granted - slice.spent);
    if (!taken) return;
    const { tokens, free } = taken;
    const of = { app, units: stated(units), ...(Object.keys(free).length > 0 && { free }) };
    this.spend(slice, of, tokens);
  }

  private spend(slice: Held, of: Pick<ServedUse, 'app' | 'model' | 'units' | 'free'>, tokens: bigint): void {
    slice.spent += tokens;
    ensure(slice.spent <= slice.granted, () => `${slice.sliceId} spent ${slice.spent} of ${slice.granted}`);
    const eventId = `use-${++this.uses}`;
    const { sliceId, key } = slice;
    this.served.set(`${this.gatewayId} ${eventId}`, { sliceId, tokens, isBound: of.app !== undefined });
    slice.unreported.push({ eventId, time: instantOf(this.now()), ...of, ...(key !== undefined && { key }) });
  }

  private report(slice: Held): void {
    if (slice.unreported.length === 0) return;
    const uses = slice.unreported.splice(0, mostInReport);
    // A process that does not know whether a use was told tells it again.
    if (this.dice.once(15)) slice.unreported.push(uses[0]!);
    const { sliceId, partyId, gatewayId, epoch } = slice;
    slice.reports += 1;
    const report = { sliceId, partyId, gatewayId, epoch, report: slice.reports };
    this.say(partyId, UsesServed({ ...report, uses }));
    // The log may have the same report twice.
    if (this.dice.once(15)) this.say(partyId, UsesServed({ ...report, uses }));
  }

  private end(slice: Held, reason: 'idle' | 'recalled' | 'ended' | 'successor'): void {
    while (slice.unreported.length > 0) this.report(slice);
    slice.isOver = true;
    const { sliceId, partyId, gatewayId, reports } = slice;
    this.say(partyId, SliceReturned({ sliceId, partyId, gatewayId, epoch: this.epoch, reports, reason }));
  }

  private slice(sliceId: string): Held | undefined {
    return this.slices.find((slice) => slice.sliceId === sliceId && !slice.isOver);
  }

  /** Terms may arrive after the tokens. */
  private offered(sliceId: string, number: number, terms: Terms): void {
    const validUntil = Date.parse(terms.validUntil);
    this.slice(sliceId)?.reckoning.hear(terms);
    this.ends.set(`${sliceId} ${number}`, validUntil);
    const slice = this.slice(sliceId);
    if (slice?.number === number && !slice.isWaiting) slice.validUntil = validUntil;
  }

  private granted({ sliceId, number }: Answered, tokens: bigint): void {
    const slice = this.slice(sliceId);
    if (slice?.number !== number || !slice.isWaiting) return;
    slice.granted += tokens;
    slice.validUntil = this.ends.get(`${sliceId} ${number}`) ?? slice.validUntil;
    slice.isWaiting = false;
  }

  private refused(sliceId: string, number: number): void {
    const slice = this.slice(sliceId);
    if (slice?.number !== number) return;
    slice.isWaiting = false;
    if (number === 1) slice.isOver = true;
  }

  private recalled(sliceId: string): void {
    const slice = this.slice(sliceId);
    if (slice) slice.mustEnd = true;
  }
}

interface Answered {
  readonly sliceId: string;
  readonly number: number;
}

/** Fields of events that a gateway reads. */
interface Said extends Partial<Answered> {
  readonly validUntil?: string;
  readonly sliceIds?: readonly string[];
  readonly slices?: readonly { readonly sliceId: string }[];
  readonly slice?: Answered;
  readonly tokens?: bigint;
}
