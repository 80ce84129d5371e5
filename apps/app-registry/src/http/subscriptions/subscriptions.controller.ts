import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  HttpAnswer,
  Incoming,
  type IncomingCommand,
  invalidArgument,
  notFound,
  page,
  pageQuery,
  type PageQuery,
  permissionDenied,
  type Principal,
  Requires,
  Refuses,
  Responds,
  serviceConfig,
} from '@tokengrid/service';
import type { AppRegistryConfig } from '../../config.ts';
import { changePlan } from '../../decisions/subscriptions/change-plan.ts';
import { endSubscription } from '../../decisions/subscriptions/end-subscription.ts';
import { setConsent } from '../../decisions/subscriptions/set-consent.ts';
import { setSeats } from '../../decisions/subscriptions/set-seats.ts';
import { subscribeToApp } from '../../decisions/subscriptions/subscribe-to-app.ts';
import { subscriptionStreamId } from '../../decisions/state/subscription.ts';
import { AppCatalogue } from '../../projections/app-catalogue.ts';
import { AppDirectory } from '../../projections/app-directory.ts';
import { DueSubscriptions } from '../../projections/due-subscriptions.ts';
import { SubscriptionDirectory } from '../../projections/subscription-directory.ts';
import type { Consent, SubscriptionRow } from '../../projections/subscriptions.table.ts';
import { Subscriptions } from '../../streams/subscriptions.ts';
import {
  ConsentAnswer,
  ConsentRequest,
  EndRequest,
  PlanRequest,
  SeatsAnswer,
  SeatsRequest,
  SubscriptionAnswer,
  SubscriptionList,
  SubscriptionRequest,
} from './subscriptions.requests.ts';
import { afterText } from '../cursors.ts';

/** Parties' subscriptions to apps. */
@Controller('v1')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly catalogue: AppCatalogue,
    private readonly directory: SubscriptionDirectory,
    private readonly apps: AppDirectory,
    private readonly due: DueSubscriptions,
    private readonly clock: StorageClock,
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
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
    @Body({ schema: SubscriptionRequest }) { planId, seats, consent }: SubscriptionRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { kind, partyId } = caller;
    if (kind === 'operator') throw permissionDenied('a party subscribes with a key of its own');
    const app = await this.catalogue.offerOf(appId, this.clock.now());
    if (!app) throw notFound(`no such app: ${appId}`);
    const { asks, ...named } = app;
    if (consent) mustBeAsked(consent, asks, '/consent');
    const streamId = subscriptionStreamId(appId, partyId);
    const subscriptionId = this.subscriptions.newId(streamId);
    const { trialDayMs } = this.config;
    const key = keyOf(caller);
    const data = { subscriptionId, appId, partyId, key, planId, seats, consent, trialDayMs, ...named };
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
    return page(rows, limit, ({ subscriptionId }) => subscriptionId, this.seen);
  }

  /**
   * Lists the subscriptions to an app, the oldest first, ended ones too. Its developer sees who has
   * how many seats, and who agreed to what.
   */
  @Get('apps/:appId/subscriptions')
  @Requires('app-registry:apps:read')
  @Refuses('NOT_FOUND')
  @Responds(200, SubscriptionList)
  async listSubscriptionsToApp(
    @Param('appId') appId: string,
    @Query({ schema: pageQuery }) { limit, cursor }: PageQuery,
    @Caller() caller: Principal,
  ) {
    await this.apps.app(caller, appId);
    const rows = await this.directory.subscriptionsTo(appId, afterText(cursor), limit + 1);
    return page(
      rows,
      limit,
      ({ subscriptionId }) => subscriptionId,
      (row) => {
        // What was paid is between the party and its wallet.
        const { credit: _, ...seen } = this.seen(row);
        return seen;
      },
    );
  }

  /** Gets a subscription. Its party sees it, and the operator any. */
  @Get('subscriptions/:subscriptionId')
  @Requires('app-registry:apps:read')
  @Responds(200, SubscriptionAnswer)
  async getSubscription(@Param('subscriptionId') subscriptionId: string, @Caller() caller: Principal) {
    return this.seen(await this.directory.subscription(caller, subscriptionId));
  }

  /**
   * Changes the plan, at once. The answer is the subscription to the new plan, of the version in
   * force; the unused part of the last fee is taken off the new one. Seats stay, unless a
   * number is given.
   */
  @Put('subscriptions/:subscriptionId')
  @Requires('app-registry:subscriptions:write')
  @Refuses('changePlan')
  @Responds(201, SubscriptionAnswer)
  async changePlan(
    @Param('subscriptionId') subscriptionId: string,
    @Body({ schema: PlanRequest }) { planId, seats }: PlanRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { appId, partyId } = await this.directory.subscription(caller, subscriptionId);
    const app = await this.catalogue.offerOf(appId, this.clock.now());
    if (!app) throw notFound(`no such app: ${appId}`);
    const streamId = subscriptionStreamId(appId, partyId);
    const nextId = this.subscriptions.newId(streamId);
    const data = { subscriptionId, nextId, appId, partyId, key: keyOf(caller), planId, seats, offer: app.offer };
    return this.subscriptions.handle(changePlan, incoming.to(streamId, data));
  }

  /**
   * Sets the number of seats, at once. Added seats are charged for the rest of the month; the rest
   * of the month of removed ones is credit, which is taken off the next fees.
   */
  @Put('subscriptions/:subscriptionId/seats')
  @Requires('app-registry:subscriptions:write')
  @Refuses('setSeats')
  @Responds(200, SeatsAnswer)
  async setSeats(
    @Param('subscriptionId') subscriptionId: string,
    @Body({ schema: SeatsRequest }) { seats }: SeatsRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const row = await this.directory.subscription(caller, subscriptionId);
    const { appId, partyId } = row;
    const terms = await this.due.seatTermsOf(row, this.clock.now());
    const data = { subscriptionId, appId, partyId, key: keyOf(caller), seats, terms };
    return this.subscriptions.handle(setSeats, incoming.to(subscriptionStreamId(appId, partyId), data));
  }

  /** Sets the consent of the subscriber. It takes the place of the one before. */
  @Put('subscriptions/:subscriptionId/consent')
  @Requires('app-registry:subscriptions:write')
  @Refuses('setConsent')
  @Responds(200, ConsentAnswer)
  async setConsent(
    @Param('subscriptionId') subscriptionId: string,
    @Body({ schema: ConsentRequest }) consent: ConsentRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { appId, partyId } = await this.directory.subscription(caller, subscriptionId);
    mustBeAsked(consent, (await this.catalogue.offerOf(appId, this.clock.now()))!.asks, '');
    const streamId = subscriptionStreamId(appId, partyId);
    return this.subscriptions.handle(setConsent, incoming.to(streamId, { subscriptionId, appId, partyId, ...consent }));
  }

  /** Withdraws all consent of the subscriber. The subscription goes on. */
  @Delete('subscriptions/:subscriptionId/consent')
  @Requires('app-registry:subscriptions:write')
  @Refuses('setConsent')
  @Responds(200, ConsentAnswer)
  async withdrawConsent(
    @Param('subscriptionId') subscriptionId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { appId, partyId } = await this.directory.subscription(caller, subscriptionId);
    const data = { subscriptionId, appId, partyId, scopes: [], dataUse: [] };
    return this.subscriptions.handle(setConsent, incoming.to(subscriptionStreamId(appId, partyId), data));
  }

  /** Ends a subscription at once. A repeat changes nothing. */
  @Delete('subscriptions/:subscriptionId')
  @Requires('app-registry:subscriptions:write')
  @Refuses('endSubscription')
  @Responds(204)
  endSubscription(
    @Param('subscriptionId') subscriptionId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.end(subscriptionId, false, caller, incoming);
  }

  /** Ends a subscription at once, or with its month, which is paid. A repeat changes nothing. */
  @Post('subscriptions/:subscriptionId/end')
  @Requires('app-registry:subscriptions:write')
  @Refuses('endSubscription')
  @Responds(204)
  endSubscriptionAt(
    @Param('subscriptionId') subscriptionId: string,
    @Body({ schema: EndRequest }) { at }: EndRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.end(subscriptionId, at === 'period-end', caller, incoming);
  }

  private async end(subscriptionId: string, atPeriodEnd: boolean, caller: Principal, incoming: IncomingCommand) {
    const { appId, partyId, endedAt } = await this.directory.subscription(caller, subscriptionId);
    // An announced end may still be moved forward to now.
    if (endedAt !== null && (atPeriodEnd || endedAt <= this.clock.now())) return new HttpAnswer(204, undefined);
    const data = { subscriptionId, appId, partyId, atPeriodEnd };
    return this.subscriptions.handle(endSubscription, incoming.to(subscriptionStreamId(appId, partyId), data));
  }

  private readonly seen = (row: SubscriptionRow) => seenAt(row, this.clock.now());
}

/**
 * API key whose caps bind what a caller asks for: its own, or the one that registered its OAuth
 * client, whose line has the same caps. The operator acts under none.
 */
const keyOf = ({ kind, line }: Principal): string | undefined =>
  kind === 'operator' ? undefined : line.find((id) => id.startsWith('key_'));

/** @throws ProblemError 400 for what the app does not ask for */
function mustBeAsked(consent: Consent, asks: Consent, at: string): void {
  const errors = (['scopes', 'dataUse'] as const).flatMap((field) =>
    consent[field].flatMap((each, index) =>
      asks[field].includes(each) ? [] : [{ pointer: `${at}/${field}/${index}`, detail: 'is not asked for by the app' }],
    ),
  );
  if (errors.length > 0) throw invalidArgument(`${errors[0]!.pointer}: ${errors[0]!.detail}`, errors);
}

function seenAt(row: SubscriptionRow, now: number) {
  const { subscriptionId, appId, slug, partyId, version, planId, subscribedAt, endedAt, consent, graceUntil } = row;
  const { seats, credit } = row;
  const isOver = endedAt !== null && endedAt <= now;
  return {
    ...{ subscriptionId, appId, slug, partyId, version, planId },
    status: isOver ? 'ended' : graceUntil === null ? 'active' : 'unpaid',
    from: instantOf(subscribedAt),
    until: endedAt === null ? null : instantOf(endedAt),
    ...(graceUntil !== null && { graceUntil: instantOf(graceUntil) }),
    ...(seats !== null && { seats }),
    ...(credit > 0n && { credit: String(credit) }),
    consent,
  };
}
