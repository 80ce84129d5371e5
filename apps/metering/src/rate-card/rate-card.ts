import { Inject, Injectable } from '@nestjs/common';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { holdsBack } from '@tokengrid/event-bus';
import { AskedTogether } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import type {
  AppFacts,
  Facts,
  OfferFacts,
  OfferPrices,
  Pause,
  PlanFacts,
  SubscriptionFacts,
  VersionFacts,
} from './facts.ts';
import { subscriptionKey } from './facts.ts';
import { PriceHorizon } from './price-horizon.ts';
import { rateCard } from './rate-card.projection.ts';
import type { Named } from './terms-at.ts';

/** Subjects of wanted facts. */
export type Wanted = Partial<Pick<Named, 'partyId' | 'app' | 'model' | 'key'>>;

/**
 * Facts from other services' events about parties, apps and models, in metering's own Postgres.
 */
@Injectable()
export class RateCard {
  private readonly together = new AskedTogether((wanted: readonly Wanted[]) => this.read(wanted));

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly horizon: PriceHorizon,
  ) {}

  /** Facts about everything wanted, and perhaps more. */
  factsAbout(wanted: readonly Wanted[]): Promise<Facts> {
    return this.together.ask(wanted);
  }

  /** Shared wallet that a party joined last as a member; `undefined` for one that is none. */
  async sharedWalletOf(partyId: string): Promise<string | undefined> {
    const { sharedWallets } = await this.factsAbout([{ partyId }]);
    return sharedWallets?.get(partyId);
  }

  private async read(wanted: readonly Wanted[]): Promise<Facts> {
    // Before the rows: they have at least what was known then.
    const pricesKnownUntil = await this.horizon.pricesKnownUntil();
    const parties = distinct(wanted.map(({ partyId }) => partyId));
    const models = distinct(wanted.map(({ model }) => model));
    const apps = distinct(wanted.map(({ app }) => app));
    const keys = distinct(wanted.map(({ key }) => key));
    const [known, keyRows, offerRows, appRows, subscriptionRows] = await Promise.all([
      this.query<PartyRow>(selectParties, parties),
      this.query<KeyRow>('select key_id, party_id from api_keys where key_id = any($1)', keys),
      this.query<OfferRow>(selectOffers, models),
      this.query<AppRow>(selectApps, apps),
      this.query<SubscriptionRow>(selectSubscriptions, apps, parties),
    ]);
    return {
      pricesKnownUntil,
      parties: new Set(known.map((row) => row.party_id)),
      sharedWallets: new Map(known.flatMap((row) => (row.wallet_id === null ? [] : [[row.party_id, row.wallet_id]]))),
      keys: new Map(keyRows.map((row) => [row.key_id, row.party_id])),
      models: modelsOf(offerRows),
      apps: appsOf(appRows),
      subscriptions: subscriptionsOf(subscriptionRows),
    };
  }

  /** Runs a query, unless it asks about nothing. */
  private async query<Row>(text: string, ...names: string[][]): Promise<Row[]> {
    return names.some((list) => list.length === 0) ? [] : this.dataSource.query<Row[]>(text, names);
  }
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}

interface PartyRow {
  readonly party_id: string;
  /** Wallet that it joined last; null for parties that are no members. */
  readonly wallet_id: string | null;
}

const selectParties = `
  select party_id, (
    select wallet_id from wallet_members where member_id = party_id order by since desc, wallet_id limit 1
  ) as wallet_id
  from known_parties where party_id = any($1)`;

interface KeyRow {
  readonly key_id: string;
  readonly party_id: string;
}

interface OfferRow {
  readonly name: string;
  readonly model_id: string;
  readonly provider_id: string;
  readonly region: string;
  readonly version: number;
  readonly effective_from: string;
  readonly operator_bps: number;
  readonly prices: OfferPrices['prices'];
  readonly withdrawn: boolean;
  readonly pauses: readonly Pause[];
  readonly held_back: boolean;
}

/** Whether a stream is held back behind an event that can't be read. @param stream its id in SQL */
const heldBack = (stream: string) => `${holdsBack(rateCard.name, appRegistryCatalogue, stream)} as held_back`;

/** Pauses of a subject, as {@link Pause}. */
const pausesOf = (subject: string) => `
  coalesce((select jsonb_agg(jsonb_build_object('from', starts_at, 'until', ends_at)) from rate_pauses
    where rate_pauses.subject = ${subject}), '[]') as pauses`;

const selectOffers = `
  select name, model_id, provider_id, region, version, effective_from, operator_bps, prices, withdrawn, ${pausesOf('model_id')},
    ${heldBack('model_id')}
  from rate_offers join rate_offer_prices using (model_id) where name = any($1)`;

function modelsOf(rows: readonly OfferRow[]): Map<string, OfferFacts[]> {
  const byName = Map.groupBy(rows, ({ name }) => name);
  return new Map(
    [...byName].map(([name, ofModel]) => {
      const byOffer = Map.groupBy(ofModel, ({ model_id }) => model_id);
      return [name, [...byOffer.values()].map(offerOf)];
    }),
  );
}

function offerOf(versions: readonly OfferRow[]): OfferFacts {
  const { model_id: offer, provider_id: providerId, region, pauses, held_back: isHeldBack } = versions[0]!;
  const prices = versions.map(({ version, effective_from, operator_bps: operatorBps, prices, withdrawn }) => ({
    ...{ version, effectiveFrom: Number(effective_from), operatorBps, prices, withdrawn },
  }));
  return { offer, providerId, region, prices, pauses, isHeldBack };
}

interface AppRow {
  readonly slug: string;
  readonly developer_id: string;
  /** Null, like the fields below, for an app without a published version. */
  readonly version: number | null;
  readonly effective_from: string;
  readonly subscriptions_from: string | null;
  readonly operator_bps: number;
  readonly plans: PlanFacts[];
  readonly models: string[];
  readonly reporters: VersionFacts['reporters'];
  readonly deprecated_at: string | null;
  readonly withdrawn: boolean;
  /** Of the app. */
  readonly pauses: readonly Pause[];
  /** Of the app. */
  readonly held_back: boolean;
}

const selectApps = `
  select slug, developer_id, version, effective_from, subscriptions_from, operator_bps, plans, models, reporters,
    deprecated_at, withdrawn,
    ${pausesOf('slug')}, ${heldBack('app_id')}
  from rate_apps left join rate_app_versions using (slug) where slug = any($1)`;

function appsOf(rows: readonly AppRow[]): Map<string, AppFacts> {
  const bySlug = Map.groupBy(rows, ({ slug }) => slug);
  return new Map(
    [...bySlug].map(([slug, versions]) => [
      slug,
      {
        developerId: versions[0]!.developer_id,
        versions: versions.flatMap(versionOf),
        pauses: versions[0]!.pauses,
        isHeldBack: versions[0]!.held_back,
      },
    ]),
  );
}

function versionOf(row: AppRow): VersionFacts[] {
  const { version, effective_from, subscriptions_from, operator_bps, deprecated_at } = row;
  if (version === null) return [];
  const deprecatedAt = deprecated_at === null ? undefined : Number(deprecated_at);
  const effectiveFrom = Number(effective_from);
  const subscriptionsFrom = subscriptions_from === null ? null : Number(subscriptions_from);
  const { plans, models, reporters, withdrawn } = row;
  const dates = { effectiveFrom, subscriptionsFrom, deprecatedAt };
  return [{ version, ...dates, operatorBps: operator_bps, plans, models, reporters, withdrawn }];
}

interface SubscriptionRow {
  readonly subscription_id: string;
  readonly slug: string;
  readonly party_id: string;
  readonly plan_id: string;
  readonly version: number;
  readonly valid_from: string;
  readonly valid_until: string | null;
  readonly trial_until: string | null;
  readonly key_id: string | null;
  readonly held_back: boolean;
}

const selectSubscriptions = `
  select subscription_id, slug, party_id, plan_id, version, valid_from, valid_until, trial_until, key_id,
    ${heldBack("'subscription-' || app_id || '-' || party_id")}
  from rate_subscriptions left join rate_apps using (slug) where slug = any($1) and party_id = any($2)`;

function subscriptionsOf(rows: readonly SubscriptionRow[]): Map<string, SubscriptionFacts[]> {
  const facts = new Map<string, SubscriptionFacts[]>();
  for (const row of rows) {
    const key = subscriptionKey(row.slug, row.party_id);
    const list = facts.get(key) ?? [];
    facts.set(key, list);
    list.push({
      subscriptionId: row.subscription_id,
      planId: row.plan_id,
      version: row.version,
      from: Number(row.valid_from),
      until: row.valid_until === null ? null : Number(row.valid_until),
      trialUntil: row.trial_until === null ? undefined : Number(row.trial_until),
      key: row.key_id ?? undefined,
      isHeldBack: row.held_back,
    });
  }
  return facts;
}
