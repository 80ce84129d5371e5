import { Injectable } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { notFound, type Principal, rowsAfter } from '@tokengrid/service';
import type { OfferPrices, OffersByModel } from '@tokengrid/rating';
import { DataSource, In, type Repository } from 'typeorm';
import type { MeterPrice } from '../decisions/models/offer-model.ts';
import type { PriceListOnOffer } from './app-catalogue.ts';
import { ModelPricesRow } from './model-prices.table.ts';
import { ModelRow } from './models.table.ts';

/** Prices of a model from a time on. */
interface PriceVersion {
  readonly priceVersion: number;
  readonly prices: readonly MeterPrice[];
  readonly effectiveFrom: string;
}

/** A model with the prices in force, as everyone sees it. */
export interface SeenModel extends PriceVersion {
  readonly modelId: string;
  readonly name: string;
  readonly providerId: string;
  readonly region: string;
}

/** Finds models, which everyone may see; only the provider and the operator see their endpoints. */
@Injectable()
export class ModelDirectory {
  private readonly models: Repository<ModelRow>;
  private readonly prices: Repository<ModelPricesRow>;

  constructor(source: DataSource) {
    this.models = source.getRepository(ModelRow);
    this.prices = source.getRepository(ModelPricesRow);
  }

  /**
   * Models after the one of that name, by name.
   * @param now epoch milliseconds, which select the prices in force; prices posted for at once are,
   * whatever this host's clock says
   */
  async modelsAfter(name: string, most: number, now: number): Promise<SeenModel[]> {
    const rows = await rowsAfter(this.models.createQueryBuilder('model'), { key: ['name'], after: [name], most });
    const current = await this.pricesInForce(
      rows.map(({ modelId }) => modelId),
      now,
    );
    return rows.map((row) => ({ ...seenModel(row), ...priceVersion(current.get(row.modelId)!) }));
  }

  /** Prices in force of the model with that name. @throws ProblemError 404 */
  async pricesOf(name: string, now: number): Promise<PriceListOnOffer> {
    const row = await this.models.findOneBy({ name });
    const current = row && (await this.pricesInForce([row.modelId], now)).get(row.modelId);
    if (!current) throw notFound(`no such model: ${name}`);
    const prices = current.prices.map((price) => ({ ...price, model: 'per-unit' as const }));
    return { of: `model:${name}`, version: current.priceVersion, onOffer: { prices, aggregations: new Map() } };
  }

  /** Offers in force of the models with these names. */
  async offersOf(names: readonly string[], now: number): Promise<OffersByModel> {
    if (names.length === 0) return new Map();
    const rows = await this.models.findBy({ name: In([...names]) });
    const current = await this.pricesInForce(
      rows.map(({ modelId }) => modelId),
      now,
    );
    const offers = new Map<string, OfferPrices[]>();
    for (const { modelId, name } of rows) {
      const prices = current.get(modelId)?.prices;
      if (prices) offers.set(name, [...(offers.get(name) ?? []), prices]);
    }
    return offers;
  }

  /**
   * All prices of a model, the oldest first, and the fields that the caller may see.
   * @throws ProblemError 404
   */
  async model(caller: Principal, modelId: string) {
    const row = await this.models.findOneBy({ modelId });
    if (!row) throw notFound(`no such model: ${modelId}`);
    const prices = await this.prices.find({ where: { modelId }, order: { priceVersion: 'asc' } });
    const { endpoint, operatorBps } = row;
    const own = isOwn(caller, row) ? { endpoint, operatorBps } : {};
    return { ...seenModel(row), ...own, priceVersions: prices.map(priceVersion) };
  }

  /**
   * @throws ProblemError 404 for a model that is not the caller's, unless the caller is the
   * operator
   */
  async mustOwn(caller: Principal, modelId: string): Promise<void> {
    const row = await this.models.findOneBy({ modelId });
    if (!row || !isOwn(caller, row)) throw notFound(`no such model of yours: ${modelId}`);
  }

  private async pricesInForce(modelIds: readonly string[], now: number): Promise<ReadonlyMap<string, ModelPricesRow>> {
    const rows = await this.prices
      .createQueryBuilder('prices')
      .distinctOn(['prices.model_id'])
      .where('prices.model_id = any(:modelIds) and prices.effective_from <= greatest(:now, prices.posted_at)', {
        modelIds,
        now,
      })
      .orderBy('prices.model_id')
      .addOrderBy('prices.effective_from', 'DESC')
      .getMany();
    return new Map(rows.map((row) => [row.modelId, row]));
  }
}

function isOwn({ kind, partyId }: Principal, { providerId }: ModelRow): boolean {
  return kind === 'operator' || partyId === providerId;
}

function seenModel({ modelId, name, providerId, region }: ModelRow) {
  return { modelId, name, providerId, region };
}

function priceVersion({ priceVersion, prices, effectiveFrom }: ModelPricesRow): PriceVersion {
  return { priceVersion, prices, effectiveFrom: instantOf(effectiveFrom) };
}
