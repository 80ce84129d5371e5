import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  mustBeNear,
  newId,
  notFound,
  OptionallyAuthenticated,
  page,
  pageQuery,
  type PageQuery,
  type Principal,
  Public,
  Requires,
  Responds,
  serviceConfig,
} from '@tokengrid/service';
import type { AppRegistryConfig } from '../config.ts';
import { offerModel } from '../decisions/offer-model.ts';
import { priceModel } from '../decisions/price-model.ts';
import { withdrawModelPrice } from '../decisions/withdraw-model-price.ts';
import { Models } from '../models.ts';
import { Names } from '../names.ts';
import { ModelDirectory } from '../projections/model-directory.ts';
import {
  ModelAnswer,
  ModelDetails,
  ModelList,
  ModelRequest,
  PricesAnswer,
  PricesRequest,
  PricesWithdrawnAnswer,
} from './app-registry.requests.ts';
import { afterText } from './cursors.ts';

/** Compute on offer, and what it costs. */
@ApiTags('models')
@Controller('v1/models')
export class ModelsController {
  constructor(
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
    private readonly models: Models,
    private readonly names: Names,
    private readonly directory: ModelDirectory,
    private readonly clock: StorageClock,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Offers a model at prices in force from now on',
    description: '409 `MODEL_NAME_TAKEN`, `MODEL.SHARE_BELOW_MINIMUM`.',
  })
  @Requires('app-registry:models:write')
  @Responds(201, ModelAnswer)
  async offer(
    @Body({ schema: ModelRequest }) body: ModelRequest,
    @Caller() { partyId }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const wanted = { kind: 'model', name: body.name, ownerId: newId('mod'), partyId } as const;
    const { ownerId: modelId, reservation } = await this.names.reserve(incoming, wanted);
    const minimumBps = this.config.operatorMinimumBps;
    const data = { ...body, modelId, providerId: partyId, minimumBps, reservation };
    return this.models.handle(offerModel, incoming.to(modelId, data));
  }

  @Get()
  @ApiOperation({ summary: 'All models with the prices in force, by name' })
  @Public()
  @Responds(200, ModelList)
  async list(@Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const rows = await this.directory.modelsAfter(afterText(cursor), limit + 1, this.clock.now());
    return page(
      rows,
      limit,
      ({ name }) => name,
      (model) => model,
    );
  }

  @Get(':modelId')
  @ApiOperation({ summary: 'A model with all its prices, those to come too' })
  @OptionallyAuthenticated()
  @Responds(200, ModelDetails)
  find(@Param('modelId') modelId: string, @Caller() caller: Principal) {
    return this.directory.model(caller, modelId);
  }

  @Post(':modelId/prices')
  @ApiOperation({
    summary: "Posts a model's next prices, all of them",
    description:
      'Those before stay what they are until then. 409 `MODEL.EARLIER_THAN_SCHEDULED` before prices that are scheduled, `MODEL.TOO_MANY_PRICES` where 100 are.',
  })
  @Requires('app-registry:models:write')
  @Responds(201, PricesAnswer)
  async price(
    @Param('modelId') modelId: string,
    @Body({ schema: PricesRequest }) { prices, effectiveFrom }: PricesRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustOwn(caller, modelId);
    mustBeNear(effectiveFrom, this.clock.now());
    return this.models.handle(priceModel, incoming.to(modelId, { modelId, prices, effectiveFrom }));
  }

  @Delete(':modelId/prices/:priceVersion')
  @ApiOperation({
    summary: 'Withdraws prices that were announced for a time to come',
    description:
      '409 `MODEL.PRICE_IN_FORCE` from that time on, `MODEL.PRICE_WITHDRAWN` where they were withdrawn before.',
  })
  @Requires('app-registry:models:write')
  @Responds(200, PricesWithdrawnAnswer)
  async withdraw(
    @Param('modelId') modelId: string,
    @Param('priceVersion') version: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustOwn(caller, modelId);
    if (!/^[1-9]\d{0,8}$/.test(version)) throw notFound(`the model has no price version ${version}`);
    return this.models.handle(withdrawModelPrice, incoming.to(modelId, { modelId, priceVersion: Number(version) }));
  }
}
