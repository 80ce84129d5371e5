import { Injectable } from '@nestjs/common';
import type { Manifest, Units } from '@tokengrid/contracts';
import { instantOf } from '@tokengrid/contracts';
import { feeOfMonth, type Fees } from '@tokengrid/rating';
import { notFound } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { feesOf } from '../decisions/rules/fees.ts';
import { type PricesOnOffer, quoteOf } from '../decisions/rules/quotes.ts';
import type { AppOffer } from '../decisions/subscriptions/subscribe-to-app.ts';
import type { Consent } from './subscriptions.table.ts';

/** A manifest in the API's form: amounts are strings. */
type ManifestJson = Pick<Manifest, 'description' | 'category' | 'meters' | 'scopes' | 'dataUse' | 'revenueShare'> & {
  readonly plans: readonly PlanJson[];
};

type PlanJson = Pick<Manifest['plans'][number], 'id' | 'prices' | 'trialDays'> & {
  readonly maximumCharge?: string;
  readonly monthlyFee?: string;
  readonly seatFee?: string;
};

/** An app in the catalogue, without its endpoint and its terms with the operator. */
export interface CatalogueEntry {
  readonly appId: string;
  readonly slug: string;
  readonly name: string;
  readonly developerId: string;
  readonly version: number;
  readonly description: string;
  readonly category?: Manifest['category'];
  readonly meters: ManifestJson['meters'];
  readonly plans: ManifestJson['plans'];
  readonly scopes: readonly string[];
  readonly dataUse: readonly string[];
  readonly effectiveFrom: string;
}

/** Prices on offer, and their name in charges. */
export interface PriceListOnOffer {
  readonly of: string;
  readonly version: number;
  readonly onOffer: PricesOnOffer;
  /** Undefined for a model, and for a plan without fees. */
  readonly fees?: Fees | undefined;
  readonly hasSeats?: boolean;
}

/** A use, and the seats with which it is made. */
export interface TypicalUse {
  readonly units: Units;
  readonly seats: number;
}

/** The most that a plan may cost, µAIT; undefined: no bound. */
interface Affordable extends TypicalUse {
  /** For the use, by a plan that prices one of its meters. */
  readonly maxCost: bigint | undefined;
  /** For a month. */
  readonly maxFee: bigint | undefined;
}

/** What was found. */
export interface Found {
  readonly entries: readonly CatalogueEntry[];
  /** Last slug that was looked at, if there may be more behind it. */
  readonly lookedUpTo: string | undefined;
}

/** A search of the catalogue. */
export interface Search {
  /** Each is a part of a slug, name or description, in any case; everything if there is none. */
  readonly words: readonly string[];
  /** Meter that a plan prices. */
  readonly meter: string | undefined;
  readonly category: string | undefined;
  /** Region of an offer of a model that the app uses. */
  readonly region: string | undefined;
  /** Bounds that a plan keeps; undefined without any. */
  readonly affordable: Affordable | undefined;
  /** Last slug of the previous page. */
  readonly after: string;
  readonly most: number;
  /** Epoch milliseconds: versions in force then. */
  readonly now: number;
}

interface FoundRow {
  readonly app_id: string;
  readonly slug: string;
  readonly name: string;
  readonly developer_id: string;
  readonly version: number;
  readonly manifest: ManifestJson;
  readonly effective_from: string;
}

interface OfferRow {
  readonly slug: string;
  readonly developer_id: string;
  readonly suspended: boolean;
  readonly version: number | null;
  readonly manifest: ManifestJson | null;
}

/** An app and its offer. */
export interface AppOnOffer {
  readonly slug: string;
  readonly developerId: string;
  readonly offer: AppOffer;
  /** Scopes and uses of data that subscribers may agree to. */
  readonly asks: Consent;
}

/**
 * The version in force at `$1` that takes subscriptions: of the published ones whose time has come,
 * the latest. One published for at once is in force at once, even if this host's clock is behind
 * the lane's.
 */
const inForce = `lateral (
  select version, manifest, effective_from from versions
  where versions.app_id = apps.app_id and status = 'published' and effective_from <= greatest($1, published_at)
  order by effective_from desc limit 1) as current`;

/** Apps on offer. */
@Injectable()
export class AppCatalogue {
  constructor(private readonly source: DataSource) {}

  /**
   * Apps that are not suspended and have a version in force, by slug. What plans cost is computed
   * for each, so a search by that looks at a bounded number of apps.
   */
  async search(search: Search): Promise<Found> {
    const { affordable, most } = search;
    if (!affordable) return { entries: await this.entries(search, most), lookedUpTo: undefined };
    const read = await this.entries(search, lookedAtOnce);
    const fitting = read.filter((entry) => entry.plans.some((plan) => fits(plan, entry.meters, affordable)));
    const lookedUpTo = read.length === lookedAtOnce ? read.at(-1)!.slug : undefined;
    return { entries: fitting.slice(0, most), lookedUpTo };
  }

  private async entries(search: Search, most: number): Promise<CatalogueEntry[]> {
    const { words, meter, category, region, after, now } = search;
    const rows: FoundRow[] = await this.source.query(
      `select apps.app_id, slug, name, developer_id, version, manifest, effective_from
       from apps cross join ${inForce}
       where not suspended and slug > $2
         and not exists (
           select from unnest($3::text[]) word
           where not (slug ilike word or name ilike word or current.manifest ->> 'description' ilike word))
         and ($4::text is null or jsonb_path_exists(current.manifest::jsonb,
           '$.plans[*].prices[*] ? (@.meter == $meter)', jsonb_build_object('meter', $4::text)))
         and ($5::text is null or exists (
           select from models where status = 'offered' and region = $5
             and (current.manifest::jsonb -> 'models') ? models.name))
         and ($6::text is null or current.manifest ->> 'category' = $6)
       order by slug limit $7`,
      [now, after, words.map(containing), meter ?? null, region ?? null, category ?? null, most],
    );
    return rows.map(entryOf);
  }

  /** Current offer of an app; `undefined` if it does not exist. */
  async offerOf(appId: string, now: number): Promise<AppOnOffer | undefined> {
    const rows: OfferRow[] = await this.source.query(
      `select slug, developer_id, suspended, version, manifest
       from apps left join ${inForce} on true where apps.app_id = $2`,
      [now, appId],
    );
    const [row] = rows;
    if (!row) return undefined;
    const { slug, developer_id: developerId, suspended, version, manifest } = row;
    const plans = (manifest?.plans ?? []).map(({ id, trialDays, ...fees }) => ({ id, trialDays, ...amountsOf(fees) }));
    const operatorBps = manifest?.revenueShare.operatorBps ?? 0;
    const asks = { scopes: manifest?.scopes ?? [], dataUse: manifest?.dataUse ?? [] };
    return { slug, developerId, asks, offer: { suspended, version: version ?? undefined, plans, operatorBps } };
  }

  /** Manifests of the versions in force of these apps, as stored. */
  async manifestsOf(appIds: readonly string[], now: number): Promise<ReadonlyMap<string, unknown>> {
    if (appIds.length === 0) return new Map();
    const rows: Pick<FoundRow, 'app_id' | 'manifest'>[] = await this.source.query(
      `select app_id, manifest from apps cross join ${inForce} where app_id = any($2)`,
      [now, appIds],
    );
    return new Map(rows.map((row) => [row.app_id, row.manifest]));
  }

  /** Prices of a plan in the catalogue. @throws ProblemError 404 */
  async pricesOf(slug: string, planId: string, now: number): Promise<PriceListOnOffer> {
    const rows: Pick<FoundRow, 'version' | 'manifest'>[] = await this.source.query(
      `select version, manifest from apps cross join ${inForce} where not suspended and slug = $2`,
      [now, slug],
    );
    const [row] = rows;
    if (!row) throw notFound(`no such app in the catalogue: ${slug}`);
    const { version, manifest } = row;
    const plan = manifest.plans.find(({ id }) => id === planId);
    if (!plan) throw notFound(`no such plan of the app: ${planId}`);
    const onOffer = pricesOnOffer(manifest.meters, plan);
    const hasSeats = plan.seatFee !== undefined;
    return { of: `app:${slug}:${planId}`, version, onOffer, fees: feesOf(amountsOf(plan)), hasSeats };
  }
}

/** Apps that one search by cost looks at; a page may be shorter, and tells where to go on. */
const lookedAtOnce = 500;

/** Pattern of a text that contains a word. */
const containing = (word: string) => `%${word.replace(/[\\%_]/g, '\\$&')}%`;

function pricesOnOffer(meters: ManifestJson['meters'], { prices, maximumCharge }: PlanJson): PricesOnOffer {
  const aggregations = new Map(meters.map(({ name, aggregation }) => [name, aggregation]));
  return { prices, aggregations, maximumCharge: maximumCharge === undefined ? undefined : BigInt(maximumCharge) };
}

const amountsOf = ({ monthlyFee, seatFee }: Pick<PlanJson, 'monthlyFee' | 'seatFee'>) => ({
  monthlyFee: monthlyFee === undefined ? undefined : BigInt(monthlyFee),
  seatFee: seatFee === undefined ? undefined : BigInt(seatFee),
});

/**
 * An entry with what a use of each plan costs, and a month, by the functions that quotes and
 * charges are made by; a plan by which the use can't be rated has no cost, one without fees no fee.
 */
export function withCosts(entry: CatalogueEntry, { units, seats }: TypicalUse): CatalogueEntry {
  const plans = entry.plans.map((plan) => {
    const { cost, fee } = costsOf(plan, entry.meters, { units, seats });
    return {
      ...plan,
      ...(cost !== undefined && { cost: String(cost) }),
      ...(fee !== undefined && { fee: String(fee) }),
    };
  });
  return { ...entry, plans };
}

/** Cost of a use, unless it can't be rated, and fee of a month, if there is one; µAIT. */
function costsOf(plan: PlanJson, meters: ManifestJson['meters'], { units, seats }: TypicalUse) {
  const rated = quoteOf(pricesOnOffer(meters, plan), { units, used: {} });
  const fees = feesOf(amountsOf(plan));
  return { cost: typeof rated === 'string' ? undefined : rated.tokens, fee: fees && feeOfMonth(fees, seats) };
}

/** A plan without a price for the use makes it for nothing, and is no answer to what it costs. */
function fits(plan: PlanJson, meters: ManifestJson['meters'], { maxCost, maxFee, ...use }: Affordable): boolean {
  const { cost, fee = 0n } = costsOf(plan, meters, use);
  const isPriced = plan.prices.some(({ meter }) => Object.hasOwn(use.units, meter));
  const costFits = maxCost === undefined || (isPriced && cost !== undefined && cost <= maxCost);
  return costFits && (maxFee === undefined || fee <= maxFee);
}

function entryOf(row: FoundRow): CatalogueEntry {
  const { description, category, meters, plans, scopes, dataUse } = row.manifest;
  return {
    appId: row.app_id,
    slug: row.slug,
    name: row.name,
    developerId: row.developer_id,
    version: row.version,
    description,
    ...(category !== undefined && { category }),
    meters,
    plans,
    scopes,
    dataUse,
    effectiveFrom: instantOf(Number(row.effective_from)),
  };
}
