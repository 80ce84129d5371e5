import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  HttpAnswer,
  Incoming,
  type IncomingCommand,
  notFound,
  page,
  pageQuery,
  type PageQuery,
  permissionDenied,
  type Principal,
  Requires,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { endSubscription } from '../../decisions/subscriptions/end-subscription.ts';
import { subscribeToApp } from '../../decisions/subscriptions/subscribe-to-app.ts';
import { subscriptionStreamId } from '../../decisions/state/subscription.ts';
import { AppCatalogue } from '../../projections/app-catalogue.ts';
import { SubscriptionDirectory } from '../../projections/subscription-directory.ts';
import type { SubscriptionRow } from '../../projections/subscriptions.table.ts';
import { Subscriptions } from '../../streams/subscriptions.ts';
import { SubscriptionAnswer, SubscriptionList, SubscriptionRequest } from './subscriptions.requests.ts';
import { afterText } from '../cursors.ts';

/** Parties' subscriptions to apps. */
@Controller('v1')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly catalogue: AppCatalogue,
    private readonly directory: SubscriptionDirectory,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Subscribes the caller to a plan of an app's version in force. A party has at most one
   * subscription to an app at a time.
   */
  @Post('apps/:appId/subscriptions')
  @Requires('app-registry:subscriptions:write')
  @Refuses('subscribeToApp')
  @Responds(201, SubscriptionAnswer)
  async subscribeToApp(
    @Param('appId') appId: string,
    @Body({ schema: SubscriptionRequest }) { planId }: SubscriptionRequest,
    @Caller() { kind, partyId }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    if (kind === 'operator') throw permissionDenied('a party subscribes with a key of its own');
    const app = await this.catalogue.offerOf(appId, this.clock.now());
    if (!app) throw notFound(`no such app: ${appId}`);
    const streamId = subscriptionStreamId(appId, partyId);
    const data = { subscriptionId: this.subscriptions.newId(streamId), appId, partyId, planId, ...app };
    return this.subscriptions.handle(subscribeToApp, incoming.to(streamId, data));
  }

  /**
   * Lists the caller's subscriptions, the oldest first, ended ones too. The operator sees all
   * subscriptions.
   */
  @Get('subscriptions')
  @Requires('app-registry:apps:read')
  @Responds(200, SubscriptionList)
  async listSubscriptions(@Query({ schema: pageQuery }) { limit, cursor }: PageQuery, @Caller() caller: Principal) {
    const rows = await this.directory.subscriptionsOf(caller, afterText(cursor), limit + 1);
    return page(rows, limit, ({ subscriptionId }) => subscriptionId, seen);
  }

  /** Ends a subscription at once. A repeat changes nothing. */
  @Delete('subscriptions/:subscriptionId')
  @Requires('app-registry:subscriptions:write')
  @Refuses('endSubscription')
  @Responds(204)
  async endSubscription(
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

function seen({ lane: _, subscribedAt, endedAt, ...row }: SubscriptionRow) {
  return {
    ...row,
    status: endedAt === null ? 'active' : 'ended',
    from: instantOf(subscribedAt),
    until: endedAt === null ? null : instantOf(endedAt),
  };
}
