import {
  type AppRegistryEvent,
  ApiKeyIssued,
  type IdentityEvent,
  instantOf,
  ModelOffered,
  ModelPriced,
  OrganizationRegistered,
  VersionPublished,
} from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import type { Dice } from '@tokengrid/simulation-kit';
import { ForeignLane } from './foreign.ts';
import { periodMeters, PeriodPlans, useMeters } from './period-plans.ts';
import { plans, Subscriptions } from './subscriptions.ts';
import { consumers, developers, everybody, idOf, keysOf, lineOf, providers } from './parties.ts';

/** Shortest notice of a price. */
const noticeMs = 60_000;

export interface SoldModel {
  readonly offer: string;
  readonly name: string;
  readonly providerId: string;
}
export interface SoldApp {
  readonly slug: string;
  readonly developerId: string;
  /** µAIT per unit at most, so that some apps are free, and some cost less than their models. */
  readonly dearest: number;
}

/** Models and apps on offer in the end. */
export const models: readonly SoldModel[] = [
  { offer: idOf('mod', 1), name: 'swift', providerId: providers[0]! },
  { offer: idOf('mod', 2), name: 'steady', providerId: providers[1]! },
  // Its provider sells an app, too.
  { offer: idOf('mod', 3), name: 'broad', providerId: developers[0]! },
  // A model that two offer, later than the first.
  { offer: idOf('mod', 4), name: 'steady', providerId: providers[0]! },
];
export const apps: readonly SoldApp[] = [
  { slug: 'maps', developerId: developers[0]!, dearest: 90 },
  { slug: 'letters', developerId: developers[1]!, dearest: 6 },
  { slug: 'gratis', developerId: developers[0]!, dearest: 0 },
];
/** Meter that counts uses. */
const counted = 'calls';
/** Meters of everybody. */
export const meters: readonly string[] = [...useMeters, ...periodMeters.map(({ name }) => name)];

const sealed = `enc:v1:usr_${'1'.repeat(26)}:iv:text`;
const owner = { userId: 'usr_1', name: sealed, email: sealed, passwordHash: sealed };

/** An announcement, which reaches each service after a while. */
type Announcement = (time: number) => void;

/** Others' services, and what they announce in a history. */
export class Market {
  readonly identity = new ForeignLane<IdentityEvent>('identity', 0);
  readonly registry = [0, 1].map((lane) => new ForeignLane<AppRegistryEvent>('app-registry', lane));
  readonly keys = new Set<string>();
  private readonly versions = new Map<string, number>();
  /** Times from which prices and subscriptions hold: uses of just then tell who is off by one. */
  readonly edges: number[] = [];
  /** When the last price of each begins. */
  private readonly begins = new Map<string, number>();
  /** Announcements to come; those of a list come in its order. */
  private readonly queues: Announcement[][];
  private readonly periodPlans: PeriodPlans;
  private readonly subscriptions: Subscriptions;

  /** @param told is told what the registry says, before anybody hears of it */
  constructor(
    private readonly dice: Dice,
    private readonly told: (event: Recorded<AppRegistryEvent>) => void,
  ) {
    this.periodPlans = new PeriodPlans(dice.another());
    this.subscriptions = new Subscriptions(dice.another(), (...said) => this.sayOf(...said), this.edges);
    const registrations = everybody.map((partyId) => [() => this.register(partyId), ...this.keysFor(partyId)]);
    const offers = [...Map.groupBy(models, ({ name }) => name).values()].map((same) =>
      same.map((model) => (time: number) => this.offer(model, time)),
    );
    const published = apps.map((app) => [(time: number) => this.publish(app, time)]);
    this.queues = [...registrations, ...offers, ...published, ...apps.map((app) => this.subscriptionsTo(app))];
  }

  private keysFor(partyId: string): Announcement[] {
    if (!consumers.includes(partyId)) return [];
    return keysOf(partyId).map((key) => (time: number) => this.issue(key, partyId, time));
  }

  private subscriptionsTo(app: SoldApp): Announcement[] {
    return everybody.map((partyId) => (time: number) => this.subscriptions.begin(app, partyId, time));
  }

  get isQuiet(): boolean {
    return this.queues.every(({ length }) => length === 0);
  }

  /** Announces something new: what there was not yet, a price, or a change of a subscription. */
  announce(time: number): void {
    const queues = this.queues.filter(({ length }) => length > 0);
    const [next] = queues.length > 0 && !this.dice.once(6) ? this.dice.one(queues).splice(0, 1) : [];
    if (next) next(time);
    else if (this.dice.once(2)) this.subscriptions.change(time);
    else this.changePrice(time);
  }

  private changePrice(time: number): void {
    const known = this.dice.once(2) ? this.dice.one(models) : this.dice.one(apps);
    const isKnown = this.versions.has('name' in known ? known.offer : known.slug);
    if (!isKnown) return;
    if ('name' in known) this.price(known, time);
    else this.publish(known, time);
  }

  private register(partyId: string): void {
    const kind = providers.includes(partyId) ? 'provider' : 'developer';
    const party = { partyId, kind, name: sealed, contactStreamId: 'contact-1', owner } as const;
    this.identity.say(OrganizationRegistered(party), partyId, 0);
  }

  private issue(keyId: string, partyId: string, time: number): void {
    const [, mintedBy] = lineOf(keyId);
    const issued = { keyId, partyId, partyKind: 'developer', ...(mintedBy && { mintedBy }), name: 'a key' } as const;
    const key = { ...issued, secretHash: '0'.repeat(64), scopes: [], expiresAt: null };
    this.identity.say(ApiKeyIssued(key), keyId, time);
    this.keys.add(keyId);
  }

  /** Who offers what another one offers does so ahead of time, as with a price. */
  private offer({ offer, name, providerId }: SoldModel, time: number): void {
    const isFirst = models.find((each) => each.name === name)!.offer === offer;
    const terms = { endpoint: 'https://models.example/v1', region: 'here' };
    const list = { ...this.modelList(offer), effectiveFrom: isFirst ? instantOf(time) : this.soon(offer, time) };
    this.sayOf(name, ModelOffered({ modelId: offer, name, providerId, ...terms, ...list }), time);
  }

  private price({ offer, name, providerId }: SoldModel, time: number): void {
    const list = { ...this.modelList(offer), effectiveFrom: this.soon(offer, time) };
    this.sayOf(name, ModelPriced({ modelId: offer, name, providerId, ...list }), time);
  }

  private modelList(offer: string) {
    const operatorBps = this.dice.roll(3001);
    return { prices: this.modelPrices(), operatorBps, priceVersion: this.nextVersion(offer) };
  }

  private publish({ slug, developerId, dearest }: SoldApp, time: number): void {
    const { dice } = this;
    const version = this.nextVersion(slug);
    const priceOf = (meter: string) => ({ meter, model: 'per-unit' as const, unitPrice: this.unitPrice(dearest) });
    const manifest = {
      endpoint: 'https://app.example',
      description: 'an app',
      meters: [{ name: counted, unit: 'call', aggregation: 'count' as const }, ...periodMeters],
      plans: [
        ...plans.map((id) => ({ id, name: id, prices: this.someMeters(useMeters).map(priceOf), ...this.trial() })),
        this.periodPlans.plan(dearest, this.someMeters(meters), (most) => this.unitPrice(most)),
      ],
      models: [...new Set(models.map(({ name }) => name))].filter(() => !dice.once(6)),
      ...{ scopes: [], dataUse: [], revenueShare: { operatorBps: dice.one([0, 1000, 2000 + dice.roll(2000)]) } },
    };
    const effectiveFrom = version === 1 ? instantOf(time) : this.soon(slug, time);
    const app = { appId: idOf('app', 1), slug, developerId, version, name: slug };
    this.sayOf(slug, VersionPublished({ ...app, manifest, effectiveFrom, subscriptionsFrom: effectiveFrom }), time);
  }

  private sayOf(subject: string, event: AppRegistryEvent, time: number): void {
    this.told(this.registry[subject.length % this.registry.length]!.say(event, subject, time));
  }

  private nextVersion(name: string): number {
    const version = (this.versions.get(name) ?? 0) + 1;
    this.versions.set(name, version);
    return version;
  }

  /** When a price takes effect: after its notice, and after the price that it follows. */
  private soon(name: string, time: number): string {
    const from = Math.max(time + noticeMs, this.begins.get(name) ?? 0) + this.dice.roll(3600) * 1000;
    this.begins.set(name, from);
    this.edges.push(from);
    return instantOf(from);
  }

  private modelPrices() {
    return this.someMeters(useMeters.filter((meter) => meter !== counted)).map((meter) => ({
      meter,
      unitPrice: this.unitPrice(40),
    }));
  }

  private trial() {
    return this.dice.once(5) ? { trialDays: 1 + this.dice.roll(3) } : {};
  }

  private someMeters(from: readonly string[]): readonly string[] {
    const some = from.filter(() => !this.dice.once(3));
    return some.length > 0 ? some : from.slice(0, 1);
  }

  /** A price with up to 6 decimals. */
  private unitPrice(dearest: number): string {
    if (dearest === 0) return '0';
    const whole = this.dice.roll(dearest + 1);
    const decimals = this.dice.roll(7);
    const part = String(this.dice.roll(10 ** decimals))
      .padStart(decimals, '0')
      .replace(/0+$/, '');
    return part === '' || decimals === 0 ? String(whole) : `${whole}.${part}`;
  }
}
