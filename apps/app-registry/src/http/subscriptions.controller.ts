import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { instantOf } from '@tokengrid/contracts';
import {
  Caller,
  HttpAnswer,
  Incoming,
  type IncomingCommand,
  newId,
  notFound,
  permissionDenied,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { endSubscription } from '../decisions/end-subscription.ts';
import { subscribeToApp } from '../decisions/subscribe-to-app.ts';
import { subscriptionStreamId } from '../decisions/subscription.ts';
import { AppCatalogue } from '../projections/app-catalogue.ts';
import { SubscriptionDirectory } from '../projections/subscription-directory.ts';
import type { SubscriptionRow } from '../projections/subscriptions.table.ts';
import { Subscriptions } from '../subscriptions.ts';
import { SubscriptionAnswer, SubscriptionList, SubscriptionRequest } from './app-registry.requests.ts';
import { PageQuery, pageOf } from './pages.ts';

/** Parties' subscriptions to apps. */
@ApiTags('subscriptions')
@Controller('v1')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly catalogue: AppCatalogue,
    private readonly directory: SubscriptionDirectory,
  ) {}

  /**
   * Subscribes the caller to a plan of the app's version in force. 409 `APP.SUSPENDED`, `APP.NOT_PUBLISHED`,
   * `APP.PLAN_NOT_OFFERED`, `APP.ALREADY_SUBSCRIBED`.
   */
  @Post('apps/:appId/subscriptions')
  @Requires('app-registry:subscriptions:write')
  @Responds(201, SubscriptionAnswer)
  async subscribe(
    @Param('appId') appId: string,
    @Body({ schema: SubscriptionRequest }) { planId }: SubscriptionRequest,
    @Caller() { kind, partyId }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    if (kind === 'operator') throw permissionDenied('a party subscribes by a key of its own');
    const app = await this.catalogue.offerOf(appId, Date.now());
    if (!app) throw notFound(`there is no app ${appId}`);
    const data = { subscriptionId: newId('sbn'), appId, partyId, planId, ...app };
    return this.subscriptions.handle(subscribeToApp, incoming.to(subscriptionStreamId(appId, partyId), data));
  }

  /** The caller's subscriptions, oldest first, ended ones too; everybody's, for the operator. */
  @Get('subscriptions')
  @Requires('app-registry:apps:read')
  @Responds(200, SubscriptionList)
  async list(@Query({ schema: PageQuery }) { limit, cursor }: PageQuery, @Caller() caller: Principal) {
    const rows = await this.directory.subscriptionsOf(caller, cursor, limit + 1);
    const page = pageOf(rows, limit, ({ subscriptionId }) => subscriptionId);
    return { ...page, data: page.data.map(seen) };
  }

  /** Ends a subscription now. To end it again changes nothing. */
  @Delete('subscriptions/:subscriptionId')
  @Requires('app-registry:subscriptions:write')
  @Responds(204)
  async end(
    @Param('subscriptionId') subscriptionId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { appId, partyId, endedAt } = await this.directory.subscription(caller, subscriptionId);
    if (endedAt !== null) return new HttpAnswer(204, undefined);
    const streamId = subscriptionStreamId(appId, partyId);
    return this.subscriptions.handle(endSubscription, incoming.to(streamId, { subscriptionId, appId, partyId }));
  }
}

function seen({ subscribedAt, endedAt, ...row }: SubscriptionRow) {
  return {
    ...row,
    status: endedAt === null ? 'active' : 'ended',
    from: instantOf(subscribedAt),
    until: endedAt === null ? null : instantOf(endedAt),
  };
}
