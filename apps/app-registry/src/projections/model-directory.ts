import { Injectable } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { notFound, type Principal } from '@tokengrid/service';
import type { OfferPrices, OffersByModel } from '@tokengrid/rating';
import { DataSource, type Repository } from 'typeorm';
import type { MeterPrice } from '../decisions/models/offer-model.ts';
import type { PriceListOnOffer } from './app-catalogue.ts';
import { ModelPricesRow } from './model-prices.table.ts';
import { ModelRow } from './models.table.ts';

/** Prices of an offer from a time on. */
interface PriceVersion {
  readonly priceVersion: number;
  readonly prices: readonly MeterPrice[];
  readonly effectiveFrom: string;
}

/** An offer with the prices in force, as everyone sees it. */
export interface SeenOffer extends PriceVersion {
  readonly modelId: string;
  readonly name: string;
  readonly providerId: string;
  readonly region: string;
}

/** A model with the first of its offers. */
export interface SeenModel {
  readonly name: string;
  readonly providerId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Filters of offers; those that are undefined are not asked for. */
export interface OfferFilters {
  readonly name?: string | undefined;
  readonly region?: string | undefined;
  readonly meter?: string | undefined;
}

/** Key of an offer in lists. */
export type OfferKey = readonly [name: string, modelId: string];

type OfferOnRow = Omit<ModelRow, 'createdAt'> &
  Pick<ModelPricesRow, 'priceVersion' | 'prices'> & { readonly effectiveFrom: string };

/**
 * Finds offers of models, which everyone may see; only the provider and the operator see where they
 * run.
 */
@Injectable()
export class ModelDirectory {
  private readonly models: Repository<ModelRow>;
  private readonly prices: Repository<ModelPricesRow>;

  constructor(private readonly source: DataSource) {
    this.models = source.getRepository(ModelRow);
    this.prices = source.getRepository(ModelPricesRow);
  }

  /**
   * Offers after the given one, by the model's name.
   * @param now epoch milliseconds, which select the prices in force; prices posted for at once are,
   * whatever this host's clock says
   */
  async offersAfter(filters: OfferFilters, after: OfferKey, most: number, now: number): Promise<SeenOffer[]> {
    const { name = null, region = null, meter = null } = filters;
    const rows: OfferOnRow[] = await this.source.query(
      `${selectOffers} and (name, models.model_id) > ($2, $3) and name = coalesce($4, name)
         and region = coalesce($5, region)
         and ($6::text is null or prices::jsonb @> jsonb_build_array(jsonb_build_object('meter', $6::text)))
       order by name, models.model_id limit $7`,
      [now, ...after, name, region, meter, most],
    );
    return rows.map(seenOnOffer);
  }

  /** Models after the one of that name, by name: each once, however many offers it has. */
  async modelsAfter(name: string, most: number): Promise<SeenModel[]> {
    return this.source.query<SeenModel[]>(
      `select distinct on (name) name, provider_id as "providerId", created_at::float8 as "createdAt"
       from models where status = 'offered' and name > $1 order by name, created_at, model_id limit $2`,
      [name, most],
    );
  }

  /** A model by its name, in any capitals, with its offers. @throws ProblemError 404 */
  async modelNamed(name: string, now: number): Promise<SeenModel & { readonly offers: readonly SeenOffer[] }> {
    const rows = await this.offersNamed([name.toLowerCase()], now);
    const [first] = [...rows].sort((a, b) => (a.modelId < b.modelId ? -1 : 1));
    const row = first && (await this.models.findOneBy({ modelId: first.modelId }));
    if (!row) throw notFound(`no such model: ${name}`);
    return {
      name: row.name,
      providerId: row.providerId,
      createdAt: Number(row.createdAt),
      offers: rows.map(seenOnOffer),
    };
  }

  /**
   * Prices in force of the model with that name, by the offer; of its only one, if none is named.
   * @throws ProblemError 404
   */
  async pricesOf(name: string, offer: string | undefined, now: number): Promise<PriceListOnOffer> {
    const named = await this.offersNamed([name.toLowerCase()], now);
    const rows = named.filter(({ modelId }) => offer === undefined || modelId === offer);
    const [current, other] = rows;
    if (!current) throw notFound(offer === undefined ? `no such model: ${name}` : `no such offer of ${name}: ${offer}`);
    if (other) throw notFound(`${name} has several offers: name one`);
    const prices = current.prices.map((price) => ({ ...price, model: 'per-unit' as const }));
    const { priceVersion: version } = current;
    return { of: `model:${current.name}`, version, onOffer: { prices, aggregations: new Map() } };
  }

  /** Offers in force of the models with these names. */
  async offersOf(names: readonly string[], now: number): Promise<OffersByModel> {
    if (names.length === 0) return new Map();
    const offers = new Map<string, OfferPrices[]>();
    for (const { name, prices } of await this.offersNamed(
      names.map((name) => name.toLowerCase()),
      now,
    )) {
      offers.set(name, [...(offers.get(name) ?? []), prices]);
    }
    return offers;
  }

  /**
   * All prices of an offer, the oldest first, and the fields that the caller may see.
   * @throws ProblemError 404
   */
  async offer(caller: Principal, modelId: string) {
    const row = await this.models.findOneBy({ modelId });
    const mayOwn = row !== null && isOwn(caller, row);
    const isPublic = row !== null && row.status !== 'pending' && row.status !== 'rejected';
    if (!row || !(mayOwn || isPublic)) throw notFound(`no such offer of a model: ${modelId}`);
    const rows = await this.prices.find({ where: { modelId }, order: { priceVersion: 'asc' } });
    const { status, endpoint, askedBps, reasons } = row;
    const operatorBps = rows.at(-1)?.operatorBps ?? askedBps;
    const own = mayOwn ? { endpoint, operatorBps, ...(reasons && { reasons }) } : {};
    const priceVersions = rows.map((each) => ({
      ...priceVersion({ ...each, effectiveFrom: String(each.effectiveFrom) }),
      ...(mayOwn && { operatorBps: each.operatorBps }),
    }));
    return { ...seenOffer(row), status, ...own, priceVersions };
  }

  /**
   * @throws ProblemError 404 for an offer that is not the caller's, unless the caller is the
   * operator
   */
  async mustOwn(caller: Principal, modelId: string): Promise<void> {
    const row = await this.models.findOneBy({ modelId });
    if (!row || !isOwn(caller, row)) throw notFound(`no such offer of yours: ${modelId}`);
  }

  /** @param names in small letters */
  private offersNamed(names: readonly string[], now: number): Promise<OfferOnRow[]> {
    return this.source.query<OfferOnRow[]>(
      `${selectOffers} and lower(name) = any($2::text[]) order by name, models.model_id`,
      [now, names],
    );
  }
}

/** Offers with their prices in force at `$1`. */
const selectOffers = `
  select models.model_id as "modelId", name, provider_id as "providerId", endpoint, region, capacity, tokenizer,
    data_promises as "dataPromises", status, price_version as "priceVersion", prices,
    effective_from as "effectiveFrom"
  from models cross join lateral (
    select price_version, prices, effective_from from model_prices
    where model_prices.model_id = models.model_id and effective_from <= greatest($1, posted_at)
    order by effective_from desc limit 1) as current
  where status = 'offered'`;

function isOwn({ kind, partyId }: Principal, { providerId }: ModelRow): boolean {
  return kind === 'operator' || partyId === providerId;
}

type Described = Pick<
  ModelRow,
  'modelId' | 'name' | 'providerId' | 'region' | 'capacity' | 'tokenizer' | 'dataPromises'
>;

function seenOffer({ modelId, name, providerId, region, capacity, tokenizer, dataPromises }: Described) {
  return {
    ...{ modelId, name, providerId, region },
    ...(capacity !== null && { capacity }),
    ...(tokenizer !== null && { tokenizer }),
    ...(dataPromises !== null && { dataPromises }),
  };
}

function seenOnOffer(row: OfferOnRow): SeenOffer {
  return { ...seenOffer(row), ...priceVersion(row) };
}

function priceVersion({
  priceVersion,
  prices,
  effectiveFrom,
}: Pick<OfferOnRow, 'priceVersion' | 'prices' | 'effectiveFrom'>): PriceVersion {
  return { priceVersion, prices, effectiveFrom: instantOf(Number(effectiveFrom)) };
}
