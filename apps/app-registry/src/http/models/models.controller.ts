import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { detailOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { endpointFaults } from '@tokengrid/rating';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  mustBeNear,
  newId,
  invalidArgument,
  notFound,
  OptionallyAuthenticated,
  page,
  pageQuery,
  type PageQuery,
  type Principal,
  Public,
  Requires,
  Refuses,
  Responds,
  serviceConfig,
} from '@tokengrid/service';
import type { AppRegistryConfig } from '../../config.ts';
import { offerModel } from '../../decisions/models/offer-model.ts';
import { priceModel } from '../../decisions/models/price-model.ts';
import { withdrawModelPrice } from '../../decisions/models/withdraw-model-price.ts';
import { Models } from '../../streams/models.ts';
import { ReservingNames } from '../../flows/reserving-names.ts';
import { ModelDirectory } from '../../projections/model-directory.ts';
import {
  ModelAnswer,
  ModelDetails,
  ModelList,
  ModelRequest,
  PricesAnswer,
  PricesRequest,
  PricesWithdrawnAnswer,
} from './models.requests.ts';
import { afterText } from '../cursors.ts';

/** Models and their prices. */
@Controller('v1/models')
export class ModelsController {
  constructor(
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
    private readonly models: Models,
    private readonly names: ReservingNames,
    private readonly directory: ModelDirectory,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Offers a model at prices in force from now on. `operatorBps` has to reach the minimum of the
   * operator.
   */
  @Post()
  @Requires('app-registry:models:write')
  @Refuses('offerModel')
  @Responds(201, ModelAnswer)
  async offerModel(
    @Body({ schema: ModelRequest }) body: ModelRequest,
    @Caller() { partyId }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    if (this.config.endpoints === 'public') mustBePublic(body.endpoint);
    const wanted = { kind: 'model', name: body.name, ownerId: newId('mod'), partyId } as const;
    const { ownerId: modelId, reservation } = await this.names.reserve(incoming, wanted);
    const minimumBps = this.config.operatorMinimumBps;
    const data = { ...body, modelId, providerId: partyId, minimumBps, reservation };
    return this.models.handle(offerModel, incoming.to(modelId, data));
  }

  /** Lists all models by name. Each has the prices in force. */
  @Get()
  @Public()
  @Responds(200, ModelList)
  async listModels(@Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const rows = await this.directory.modelsAfter(afterText(cursor), limit + 1, this.clock.now());
    return page(
      rows,
      limit,
      ({ name }) => name,
      (model) => model,
    );
  }

  /**
   * Gets a model with all its prices, announced ones too. `endpoint` and `operatorBps` are for its
   * provider and the operator.
   */
  @Get(':modelId')
  @OptionallyAuthenticated()
  @Responds(200, ModelDetails)
  getModel(@Param('modelId') modelId: string, @Caller() caller: Principal) {
    return this.directory.model(caller, modelId);
  }

  /** Posts the next prices of a model, in full. Prices before them stay in force until then. */
  @Post(':modelId/prices')
  @Requires('app-registry:models:write')
  @Refuses('priceModel')
  @Responds(201, PricesAnswer)
  async priceModel(
    @Param('modelId') modelId: string,
    @Body({ schema: PricesRequest }) { prices, effectiveFrom }: PricesRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustOwn(caller, modelId);
    mustBeNear(effectiveFrom, this.clock.now());
    return this.models.handle(priceModel, incoming.to(modelId, { modelId, prices, effectiveFrom }));
  }

  /** Withdraws announced prices of a model. Prices that are in force, or were, stay. */
  @Delete(':modelId/prices/:priceVersion')
  @Requires('app-registry:models:write')
  @Refuses('withdrawModelPrice')
  @Responds(200, PricesWithdrawnAnswer)
  async withdrawModelPrices(
    @Param('modelId') modelId: string,
    @Param('priceVersion') version: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustOwn(caller, modelId);
    if (!/^[1-9]\d{0,8}$/.test(version)) throw notFound(`no such price version of the model: ${version}`);
    return this.models.handle(withdrawModelPrice, incoming.to(modelId, { modelId, priceVersion: Number(version) }));
  }
}

/** @throws ProblemError 400 for an endpoint that is not https, or internal */
function mustBePublic(endpoint: string): void {
  const errors = endpointFaults(endpoint).map(({ pointer, code }) => ({ pointer, detail: detailOf(code, {}) }));
  if (errors.length > 0) throw invalidArgument(`${errors[0]!.pointer}: ${errors[0]!.detail}`, errors);
}
