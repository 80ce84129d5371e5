import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { type AppRegistryEvent, detailOf, typeId } from '@tokengrid/contracts';
import { type Outcome, StorageClock } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { type AllowedEndpoints, credentialFaults, endpointFaults } from '@tokengrid/rating';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  mustBeNear,
  newId,
  invalidArgument,
  notFound,
  OperatorOnly,
  OptionallyAuthenticated,
  page,
  type Principal,
  Public,
  Requires,
  Refuses,
  Responds,
  serviceConfig,
} from '@tokengrid/service';
import type { AppRegistryConfig } from '../../config.ts';
import { approveModel } from '../../decisions/models/approve-model.ts';
import { offerModel } from '../../decisions/models/offer-model.ts';
import { priceModel } from '../../decisions/models/price-model.ts';
import { reinstateModel } from '../../decisions/models/reinstate-model.ts';
import { rejectModel } from '../../decisions/models/reject-model.ts';
import { suspendModel } from '../../decisions/models/suspend-model.ts';
import { withdrawModelPrice } from '../../decisions/models/withdraw-model-price.ts';
import { withdrawModel } from '../../decisions/models/withdraw-model.ts';
import type { OfOffer } from '../../decisions/rules/offers.ts';
import type { Model } from '../../decisions/state/model.ts';
import { Models } from '../../streams/models.ts';
import { NamingModels } from '../../flows/naming-models.ts';
import { ModelDirectory, type SeenModel } from '../../projections/model-directory.ts';
import {
  ModelAnswer,
  ModelDetails,
  ModelList,
  ModelRequest,
  ModelsQuery,
  ModelStatusAnswer,
  type OpenAiModel,
  PricesAnswer,
  PricesRequest,
  PricesWithdrawnAnswer,
  RejectionOfModelRequest,
} from './models.requests.ts';
import { EmptyRequest } from '../empty-request.ts';
import { afterOffer, afterText } from '../cursors.ts';

const offerId = typeId('mod');

/** Offers of models, and their prices. */
@Controller('v1/models')
export class ModelsController {
  constructor(
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
    private readonly models: Models,
    private readonly names: NamingModels,
    private readonly directory: ModelDirectory,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Offers the model of that name, at prices in force from now on. Others may offer it too; its
   * first offer gives the spelling. If `operatorBps` is below the operator's minimum, the offer is
   * `pending` until the operator approves it.
   */
  @Post()
  @Requires('app-registry:models:write')
  @Refuses('offerModel')
  @Responds(201, ModelAnswer)
  async offerModel(
    @Body({ schema: ModelRequest }) body: ModelRequest,
    @Caller() { partyId: providerId }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    mustBeFit(body.endpoint, this.config.allowedEndpoints);
    const wanted = { modelId: newId('mod'), name: body.name, providerId };
    const { modelId, name, takenName } = await this.names.nameOf(incoming, wanted);
    const minimumBps = this.config.operatorMinimumBps;
    const data = { ...body, modelId, name, providerId, minimumBps, takenName };
    return this.models.handle(offerModel, incoming.to(modelId, data));
  }

  /**
   * Lists the offers of models, by name, with the prices in force. `format=openai` lists each model
   * once, with the fields of OpenAI's API.
   */
  @Get()
  @Public()
  @Responds(200, ModelList)
  async listModels(@Query({ schema: ModelsQuery }) { limit, cursor, format, ...filters }: ModelsQuery) {
    if (format === 'openai') {
      const models = await this.directory.modelsAfter(afterText(cursor), limit + 1);
      return { object: 'list', ...page(models, limit, ({ name }) => name, openAiModel) };
    }
    const rows = await this.directory.offersAfter(filters, afterOffer(cursor), limit + 1, this.clock.now());
    return page(
      rows,
      limit,
      ({ name, modelId }) => [name, modelId],
      (offer) => offer,
    );
  }

  /**
   * Gets an offer by its id, with all its prices, or a model by its name, with its offers.
   * `endpoint` and `operatorBps` are for the offer's provider and the operator.
   */
  @Get(':modelId')
  @OptionallyAuthenticated()
  @Responds(200, ModelDetails)
  async getModel(@Param('modelId') modelId: string, @Caller() caller: Principal) {
    if (offerId.safeParse(modelId).success) return this.directory.offer(caller, modelId);
    const { offers, ...model } = await this.directory.modelNamed(modelId, this.clock.now());
    return { ...openAiModel(model), name: model.name, offers };
  }

  /** Gets a model whose name has a `/`, with its offers. The name may be percent-encoded, too. */
  @Get(':owner/:name')
  @OptionallyAuthenticated()
  @Responds(200, ModelDetails)
  getModelOf(@Param('owner') owner: string, @Param('name') name: string, @Caller() caller: Principal) {
    return this.getModel(`${owner}/${name}`, caller);
  }

  /**
   * Approves an offer whose share for the operator is below the minimum. Its prices are in force
   * from now on.
   */
  @Post(':modelId/approve')
  @OperatorOnly()
  @Refuses('approveModel')
  @Responds(201, ModelAnswer)
  approveModel(
    @Param('modelId') modelId: string,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.take(approveModel, caller, incoming, { modelId });
  }

  /** Rejects an offer that waits for approval. The reasons are for its provider. */
  @Post(':modelId/reject')
  @OperatorOnly()
  @Refuses('rejectModel')
  @Responds(200, ModelStatusAnswer)
  rejectModel(
    @Param('modelId') modelId: string,
    @Body({ schema: RejectionOfModelRequest }) { reasons }: RejectionOfModelRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.take(rejectModel, caller, incoming, { modelId, reasons });
  }

  /** Suspends an offer. It is not listed, and its uses meanwhile are not charged. */
  @Post(':modelId/suspend')
  @OperatorOnly()
  @Refuses('suspendModel')
  @Responds(200, ModelStatusAnswer)
  suspendModel(
    @Param('modelId') modelId: string,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.take(suspendModel, caller, incoming, { modelId });
  }

  /** Lifts the suspension of an offer. It is listed again, and charged from now on. */
  @Post(':modelId/reinstate')
  @OperatorOnly()
  @Refuses('reinstateModel')
  @Responds(200, ModelStatusAnswer)
  reinstateModel(
    @Param('modelId') modelId: string,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.take(reinstateModel, caller, incoming, { modelId });
  }

  /** Withdraws an offer for good. Earlier uses are charged by its prices. */
  @Delete(':modelId')
  @Requires('app-registry:models:write')
  @Refuses('withdrawModel')
  @Responds(200, ModelStatusAnswer)
  withdrawModel(@Param('modelId') modelId: string, @Caller() caller: Principal, @Incoming() incoming: IncomingCommand) {
    return this.take(withdrawModel, caller, incoming, { modelId });
  }

  /**
   * Posts the next prices of an offer, in full, and the operator's share from then on. They take
   * effect after a notice at the earliest; prices before them stay in force until then. A share
   * below the operator's minimum, and below that in force, is for the operator to post.
   */
  @Post(':modelId/prices')
  @Requires('app-registry:models:write')
  @Refuses('priceModel')
  @Responds(201, PricesAnswer)
  async priceModel(
    @Param('modelId') modelId: string,
    @Body({ schema: PricesRequest }) { prices, operatorBps, effectiveFrom }: PricesRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustOwn(caller, modelId);
    mustBeNear(effectiveFrom, this.clock.now());
    // What the operator posts, it approves.
    const minimumBps = caller.kind === 'operator' ? 0 : this.config.operatorMinimumBps;
    const { minPriceNoticeMs: noticeMs } = this.config;
    const data = { modelId, prices, operatorBps, minimumBps, effectiveFrom, noticeMs };
    return this.models.handle(priceModel, incoming.to(modelId, data));
  }

  /** Withdraws announced prices of an offer. Prices that are in force, or were, stay. */
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
    if (!/^[1-9]\d{0,8}$/.test(version)) throw notFound(`no such price version of the offer: ${version}`);
    return this.models.handle(withdrawModelPrice, incoming.to(modelId, { modelId, priceVersion: Number(version) }));
  }

  /** Takes a step of an offer that is the caller's, or anybody's for the operator. */
  private async take<Step extends OfOffer>(
    decide: Decide<Model, Step, AppRegistryEvent>,
    caller: Principal,
    incoming: IncomingCommand,
    step: Step,
  ): Promise<Outcome<AppRegistryEvent>> {
    await this.directory.mustOwn(caller, step.modelId);
    return this.models.handle(decide, incoming.to(step.modelId, step));
  }
}

/** A model with the fields of OpenAI's API. */
function openAiModel({ name, providerId, createdAt }: SeenModel): OpenAiModel {
  return { id: name, object: 'model', created: Math.floor(createdAt / 1000), owned_by: providerId };
}

/** @throws ProblemError 400 for an endpoint with credentials, not https, or internal */
function mustBeFit(endpoint: string, allowed: AllowedEndpoints): void {
  const faults = [...endpointFaults(endpoint, allowed), ...credentialFaults(endpoint)];
  const errors = faults.map(({ pointer, code }) => ({ pointer, detail: detailOf(code, {}) }));
  if (errors.length > 0) throw invalidArgument(`${errors[0]!.pointer}: ${errors[0]!.detail}`, errors);
}
