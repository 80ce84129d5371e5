import { Inject, Injectable } from '@nestjs/common';
import { appRegistryCatalogue, modelKeyOf } from '@tokengrid/contracts';
import { holdsBack } from '@tokengrid/event-bus';
import { StorageClock } from '@tokengrid/event-store';
import { serviceConfig } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import type { GatewayConfig } from '../config.ts';
import { apps } from './apps.projection.ts';
import type { AppFacts, ListedModel, OfferFacts, SubscriptionFacts } from './facts.ts';
import { Remembered } from './remembered.ts';

/** Offers of the models that a name may mean: those that look like it. */
interface LookAlikes {
  readonly offers: readonly OfferFacts[];
}

/** Subscriptions of a party to an app. */
interface Subscriptions {
  readonly all: readonly SubscriptionFacts[];
  /** True if an event about them can't be read. */
  readonly isHeldBack: boolean;
}

/** Most models that are listed. */
const mostListedModels = 10_000;

/** Models, apps and subscriptions, from the registry's events, in the gateway's own Postgres. */
@Injectable()
export class Directory {
  private readonly models: Remembered<LookAlikes>;
  private readonly apps: Remembered<AppFacts>;
  private readonly subscriptions: Remembered<Subscriptions>;

  constructor(
    @Inject(DataSource) private readonly dataSource: Pick<DataSource, 'query'>,
    @Inject(serviceConfig)
    {
      directoryCacheMs: forMs,
      directoryCacheEntries: entries,
    }: Pick<GatewayConfig, 'directoryCacheMs' | 'directoryCacheEntries'>,
    private readonly clock: StorageClock,
  ) {
    const bounds = { forMs, entries };
    this.models = new Remembered((looks) => this.readModels(looks), bounds);
    this.apps = new Remembered((slugs) => this.readApps(slugs), bounds);
    this.subscriptions = new Remembered((keys) => this.readSubscriptions(keys), bounds);
  }

  /**
   * Offers of the models whose names look like one, served or not: spellings that differ in
   * capitals alone are one model, all others are models that nobody can offer beside it.
   */
  async offersLike(name: string): Promise<readonly OfferFacts[]> {
    return (await this.models.get(modelKeyOf(name)))?.offers ?? [];
  }

  /** Provider of an offer, whatever the offer's status. */
  async providerOf(modelId: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ provider_id: string }[]>(
      'select provider_id from offers where model_id = $1',
      [modelId],
    );
    return rows[0]?.provider_id;
  }

  /** An app by its slug. */
  async app(slug: string): Promise<AppFacts | undefined> {
    return this.apps.get(slug);
  }

  /**
   * The subscription of a party to an app that is in force at a time; `held-back` if that can't be
   * told, because an event can't be read.
   */
  async subscription(
    slug: string,
    partyId: string,
    time: number,
  ): Promise<SubscriptionFacts | 'held-back' | undefined> {
    const { all, isHeldBack } = (await this.subscriptions.get(`${slug} ${partyId}`)) ?? none;
    return isHeldBack
      ? 'held-back'
      : all.findLast(({ from, until }) => from <= time && (until === null || time < until));
  }

  /** Models on offer, by name. */
  listedModels(): Promise<ListedModel[]> {
    return this.dataSource.query<ListedModel[]>(
      `select distinct on (name) name, provider_id as "providerId", offered_at::float8 as "offeredAt" from offers
       where ${isServed('provider_id')} and status = 'offered' order by name, offered_at, model_id limit $1`,
      [mostListedModels],
    );
  }

  private async readModels(looks: readonly string[]): Promise<ReadonlyMap<string, LookAlikes>> {
    const rows = await this.dataSource.query<(OfferFacts & { readonly look: string })[]>(selectOffers, [
      looks,
      this.clock.now(),
    ]);
    const byLook = Map.groupBy(rows, ({ look }) => look);
    return new Map(Array.from(byLook, ([key, all]) => [key, { offers: all.map(({ look: _, ...offer }) => offer) }]));
  }

  private async readApps(slugs: readonly string[]): Promise<ReadonlyMap<string, AppFacts>> {
    const rows = await this.dataSource.query<AppFacts[]>(selectApps, [slugs, this.clock.now()]);
    return new Map(rows.map((app) => [app.slug, app]));
  }

  private async readSubscriptions(keys: readonly string[]): Promise<ReadonlyMap<string, Subscriptions>> {
    const asked = keys.map((key) => key.split(' '));
    const [slugs, partyIds] = [asked.map(([slug]) => slug), asked.map(([, partyId]) => partyId)];
    const [rows, heldBack] = await Promise.all([
      this.dataSource.query<(SubscriptionFacts & { readonly key: string })[]>(selectSubscriptions, [
        slugs,
        partyIds,
        this.clock.now(),
      ]),
      this.dataSource.query<{ readonly key: string }[]>(selectHeldBack, [slugs, partyIds]),
    ]);
    const byKey = Map.groupBy(rows, ({ key }) => key);
    const held = new Set(heldBack.map(({ key }) => key));
    return new Map(
      [...new Set([...byKey.keys(), ...held])].map((key) => [
        key,
        { all: (byKey.get(key) ?? []).map(({ key: _, ...facts }) => facts), isHeldBack: held.has(key) },
      ]),
    );
  }
}

const none: Subscriptions = { all: [], isHeldBack: false };

/** Condition for a stream that is held back. @param stream expression of its id */
const isHeldBack = (stream: string) => holdsBack(apps.name, appRegistryCatalogue, stream);

/** Condition for a party that is not suspended. @param party column of its id */
const isServed = (party: string) =>
  `not exists (select from suspended_parties where suspended_parties.party_id = ${party})`;

/** Entries of a table in force at `$2` and to come, in the order of their times. */
const listsOf = (table: string, columns: string, of: string) => `
  coalesce((
    select jsonb_agg(jsonb_build_object('version', version, 'effectiveFrom', effective_from, ${columns})
      order by effective_from, version)
    from ${table} where ${of} and not withdrawn and effective_from >= coalesce(
      (select max(effective_from) from ${table} where ${of} and not withdrawn and effective_from <= $2), 0)
  ), '[]')`;

const selectOffers = `
  select look, model_id as "modelId", provider_id as "providerId", name, endpoint, region, capacity, tokenizer, training,
    retention_days as "retentionDays", offered_at::float8 as "offeredAt", status = 'offered' and ${isServed('provider_id')} as "isServed",
    ${listsOf('offer_prices', "'prices', prices", 'offer_prices.model_id = offers.model_id')} as "priceLists"
  from offers where look = any($1) order by model_id`;

const selectApps = `
  select slug, app_id as "appId", developer_id as "developerId",
    not suspended and ${isServed('developer_id')} as "isServed", ${isHeldBack('app_id')} as "isHeldBack",
    ${listsOf(
      'app_versions',
      "'endpoint', endpoint, 'scopes', scopes, 'meters', meters",
      'app_versions.slug = apps.slug',
    )} as versions
  from apps where slug = any($1)`;

const selectSubscriptions = `
  select slug || ' ' || party_id as key, subscription_id as "subscriptionId", plan_id as "planId",
    valid_from::float8 as "from", valid_until::float8 as "until", scopes
  from app_subscriptions join unnest($1::text[], $2::text[]) asked (slug, party_id) using (slug, party_id)
  where valid_until is null or valid_until > $3 order by valid_from`;

const selectHeldBack = `
  select slug || ' ' || party_id as key from apps join unnest($1::text[], $2::text[]) asked (slug, party_id) using (slug)
  where ${isHeldBack("'subscription-' || app_id || '-' || party_id")}`;
