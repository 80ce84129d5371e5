import {
  type AppRegistryEvent,
  AppSubscribed,
  AppUnsubscribed,
  instantOf,
  SeatsSet,
  SubscriptionRenewed,
} from '@tokengrid/contracts';
import type { Dice } from '@tokengrid/simulation-kit';
import { idOf } from './parties.ts';
import { periodPlan } from './period-plans.ts';

const dayMs = 86_400_000;
const appId = idOf('app', 1);

/** Plans by the use; those of another file count over a period. */
export const plans: readonly string[] = ['standard', 'large'];

/** Seller of an app. */
interface Sold {
  readonly slug: string;
  readonly developerId: string;
}

/** A party's subscription to an app. */
interface Running extends Sold {
  readonly subscriptionId: string;
  readonly partyId: string;
  readonly planId: string;
  /** Time from which the last fee was due; no two of a subscription are due from one time. */
  lastFee: number;
}

/** Tells others of an event about a subject. */
type Say = (subject: string, event: AppRegistryEvent, time: number) => void;

/** Subscriptions that begin and end, and their fees. */
export class Subscriptions {
  private readonly running: Running[] = [];
  /** Those that ended, and may begin again. */
  private readonly ended: { readonly of: Running; readonly until: number }[] = [];
  private ids = 0;

  /** @param edges is told when subscriptions begin and end */
  constructor(
    private readonly dice: Dice,
    private readonly say: Say,
    private readonly edges: number[],
  ) {}

  /** A party subscribes for the first time. Metering may hear of it after its first month. */
  begin(app: Sold, partyId: string, time: number): void {
    this.subscribe(app, partyId, this.dice.once(2) ? time : time - this.dice.roll(36 * dayMs), time);
  }

  /** Something becomes of a subscription. */
  change(time: number): void {
    const { dice, running, ended } = this;
    const over = ended.filter(({ until }) => until <= time);
    if (over.length > 0 && dice.once(3)) {
      const again = dice.one(over);
      ended.splice(ended.indexOf(again), 1);
      this.subscribe(again.of, again.of.partyId, time, time);
    } else if (running.length > 0) {
      const paying = running.filter(({ lastFee }) => lastFee < time);
      if (paying.length > 0 && dice.once(2)) this.charge(dice.one(paying), time);
      else this.end(dice.one(running), time);
    }
  }

  private subscribe({ slug, developerId }: Sold, partyId: string, from: number, time: number): void {
    const subscriptionId = idOf('sbn', ++this.ids);
    const planId = this.dice.one([...plans, ...Array.from({ length: 6 }, () => periodPlan)]);
    this.edges.push(from);
    this.running.push({ subscriptionId, slug, developerId, partyId, planId, lastFee: from });
    const terms = { version: 1, planId, from: instantOf(from) };
    this.tell(AppSubscribed({ subscriptionId, appId, slug, partyId, developerId, ...terms }), time);
  }

  /**
   * An end is announced before anything can be used behind it: at once, within days, or with the
   * month. A change of plan ends a subscription, and begins another one.
   */
  private end(of: Running, time: number): void {
    const { dice, running, ended } = this;
    const { subscriptionId, slug, partyId } = of;
    const until = time + 1 + dice.roll(dice.one([1, dayMs, 20 * dayMs]));
    this.edges.push(until);
    running.splice(running.indexOf(of), 1);
    this.tell(AppUnsubscribed({ subscriptionId, appId, slug, partyId, until: instantOf(until) }), time);
    if (dice.once(2)) this.subscribe(of, partyId, until, time);
    else ended.push({ of, until });
  }

  /** A fee is due, or one for added seats; the credit may leave nothing of it. */
  private charge(of: Running, time: number): void {
    const { dice } = this;
    const from = Math.max(of.lastFee + 1, time - dice.roll(3 * dayMs));
    of.lastFee = from;
    const { lastFee: _, ...subscription } = of;
    const due = {
      ...{ ...subscription, appId, version: 1, operatorBps: dice.roll(3001) },
      ...{ from: instantOf(from), until: instantOf(from + 30 * dayMs), seats: 1 + dice.roll(50) },
      ...{ fee: dice.once(6) ? 0n : dice.tokens(90_000), credit: 0n },
    };
    const isRenewed = dice.once(2);
    this.tell(isRenewed ? SubscriptionRenewed({ ...due, monthlyFee: due.fee, seatFee: 0n }) : SeatsSet(due), time);
  }

  private tell(
    event: Parameters<Say>[1] & { readonly data: { readonly slug: string; readonly partyId: string } },
    time: number,
  ): void {
    this.say(`${event.data.slug} ${event.data.partyId}`, event, time);
  }
}
