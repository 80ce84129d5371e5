import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AskedTogether } from './asked-together.ts';
import type { AppFacts, Facts, ModelFacts, ModelPrices, PlanFacts, SubscriptionFacts, VersionFacts } from './facts.ts';
import { subscriptionKey } from './facts.ts';
import type { Named } from './terms-at.ts';

/** Subjects of wanted facts. */
export type Wanted = Partial<Pick<Named, 'partyId' | 'app' | 'model' | 'key'>>;

/**
 * Facts from other services' events about parties, apps and models, in metering's own Postgres.
 */
@Injectable()
export class RateCard {
  private readonly together = new AskedTogether((wanted: readonly Wanted[]) => this.read(wanted));

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Facts about everything wanted, and perhaps more. */
  factsAbout(wanted: readonly Wanted[]): Promise<Facts> {
    return this.together.ask(wanted);
  }

  private async read(wanted: readonly Wanted[]): Promise<Facts> {
    const parties = distinct(wanted.map(({ partyId }) => partyId));
    const models = distinct(wanted.map(({ model }) => model));
    const apps = distinct(wanted.map(({ app }) => app));
    const keys = distinct(wanted.map(({ key }) => key));
    const [known, keyRows, modelRows, appRows, subscriptionRows] = await Promise.all([
      this.query<{ party_id: string }>('select party_id from known_parties where party_id = any($1)', parties),
      this.query<KeyRow>('select key_id, party_id from api_keys where key_id = any($1)', keys),
      this.query<ModelRow>(selectModels, models),
      this.query<AppRow>(selectApps, apps),
      this.query<SubscriptionRow>(selectSubscriptions, apps, parties),
    ]);
    return {
      parties: new Set(known.map((row) => row.party_id)),
      keys: new Map(keyRows.map((row) => [row.key_id, row.party_id])),
      models: modelsOf(modelRows),
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

interface KeyRow {
  readonly key_id: string;
  readonly party_id: string;
}

interface ModelRow {
  readonly name: string;
  readonly provider_id: string;
  readonly operator_bps: number;
  readonly version: number;
  readonly effective_from: string;
  readonly prices: ModelPrices['prices'];
  readonly withdrawn: boolean;
}

const selectModels = `
  select name, provider_id, operator_bps, version, effective_from, prices, withdrawn
  from rate_models join rate_model_prices using (name) where name = any($1)`;

function modelsOf(rows: readonly ModelRow[]): Map<string, ModelFacts> {
  const byName = Map.groupBy(rows, ({ name }) => name);
  return new Map(
    [...byName].map(([name, versions]) => [
      name,
      {
        providerId: versions[0]!.provider_id,
        operatorBps: versions[0]!.operator_bps,
        prices: versions.map(({ version, effective_from, prices, withdrawn }) => ({
          version,
          effectiveFrom: Number(effective_from),
          prices,
          withdrawn,
        })),
      },
    ]),
  );
}

interface AppRow {
  readonly slug: string;
  readonly developer_id: string;
  /** Null, like the fields below, for an app without a published version. */
  readonly version: number | null;
  readonly effective_from: string;
  readonly operator_bps: number;
  readonly plans: PlanFacts[];
  readonly deprecated_at: string | null;
  readonly withdrawn: boolean;
}

const selectApps = `
  select slug, developer_id, version, effective_from, operator_bps, plans, deprecated_at, withdrawn
  from rate_apps left join rate_app_versions using (slug) where slug = any($1)`;

function appsOf(rows: readonly AppRow[]): Map<string, AppFacts> {
  const bySlug = Map.groupBy(rows, ({ slug }) => slug);
  return new Map(
    [...bySlug].map(([slug, versions]) => [
      slug,
      { developerId: versions[0]!.developer_id, versions: versions.flatMap(versionOf) },
    ]),
  );
}

function versionOf({ version, effective_from, operator_bps, plans, deprecated_at, withdrawn }: AppRow): VersionFacts[] {
  if (version === null) return [];
  const deprecatedAt = deprecated_at === null ? undefined : Number(deprecated_at);
  const effectiveFrom = Number(effective_from);
  return [{ version, effectiveFrom, operatorBps: operator_bps, plans, deprecatedAt, withdrawn }];
}

interface SubscriptionRow {
  readonly subscription_id: string;
  readonly slug: string;
  readonly party_id: string;
  readonly plan_id: string;
  readonly version: number | null;
  readonly valid_from: string;
  readonly valid_until: string | null;
}

const selectSubscriptions = `
  select subscription_id, slug, party_id, plan_id, version, valid_from, valid_until
  from rate_subscriptions where slug = any($1) and party_id = any($2)`;

function subscriptionsOf(rows: readonly SubscriptionRow[]): Map<string, SubscriptionFacts[]> {
  const facts = new Map<string, SubscriptionFacts[]>();
  for (const row of rows) {
    const key = subscriptionKey(row.slug, row.party_id);
    const list = facts.get(key) ?? [];
    facts.set(key, list);
    list.push({
      subscriptionId: row.subscription_id,
      planId: row.plan_id,
      version: row.version ?? undefined,
      from: Number(row.valid_from),
      until: row.valid_until === null ? null : Number(row.valid_until),
    });
  }
  return facts;
}
