import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  OperatorOnly,
  page,
  pageQuery,
  type PageQuery,
  type Principal,
  Requires,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { Apps } from '../../streams/apps.ts';
import { createApp } from '../../decisions/apps/create-app.ts';
import { reinstateApp } from '../../decisions/apps/reinstate-app.ts';
import { suspendApp } from '../../decisions/apps/suspend-app.ts';
import { ReservingNames } from '../../flows/reserving-names.ts';
import { AppDirectory, type SeenApp } from '../../projections/app-directory.ts';
import { BelowCost } from '../../projections/below-cost.ts';
import { AppAnswer, AppList, AppRequest, AppStatusAnswer } from './apps.requests.ts';
import { EmptyRequest } from '../empty-request.ts';
import { afterText } from '../cursors.ts';

/** Apps, for their developers and the operator. */
@Controller('v1/apps')
export class AppsController {
  constructor(
    private readonly apps: Apps,
    private readonly names: ReservingNames,
    private readonly directory: AppDirectory,
    private readonly belowCost: BelowCost,
    private readonly clock: StorageClock,
  ) {}

  /** Creates an app. It is a draft until a version is published. */
  @Post()
  @Requires('app-registry:apps:write')
  @Refuses('createApp')
  @Responds(201, AppAnswer)
  async createApp(
    @Body({ schema: AppRequest }) { slug, name }: AppRequest,
    @Caller() { partyId }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const wanted = { name: slug, ownerId: newId('app'), partyId };
    const { ownerId: appId, reservation } = await this.names.reserve(incoming, wanted);
    const data = { appId, slug, developerId: partyId, name, reservation };
    return this.apps.handle(createApp, incoming.to(appId, data));
  }

  /** Lists the caller's apps, the oldest first. The operator sees all apps. */
  @Get()
  @Requires('app-registry:apps:read')
  @Responds(200, AppList)
  async listApps(@Query({ schema: pageQuery }) { limit, cursor }: PageQuery, @Caller() caller: Principal) {
    const rows = await this.directory.appsOf(caller, afterText(cursor), limit + 1);
    const below = await this.belowCost.among(
      rows.map(({ appId }) => appId),
      this.clock.now(),
    );
    return page(
      rows,
      limit,
      ({ appId }) => appId,
      (row) => seen(row, below),
    );
  }

  /** Gets an app. Developers see their own, the operator any. */
  @Get(':appId')
  @Requires('app-registry:apps:read')
  @Responds(200, AppAnswer)
  async getApp(@Param('appId') appId: string, @Caller() caller: Principal) {
    const row = await this.directory.app(caller, appId);
    return seen(row, await this.belowCost.among([appId], this.clock.now()));
  }

  /** Suspends an app. It leaves the catalogue, and nobody can subscribe to it. */
  @Post(':appId/suspend')
  @OperatorOnly()
  @Refuses('suspendApp')
  @Responds(200, AppStatusAnswer)
  async suspendApp(
    @Param('appId') appId: string,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.app(caller, appId);
    return this.apps.handle(suspendApp, incoming.to(appId, { appId }));
  }

  /** Lifts the suspension of an app. It returns to the catalogue. */
  @Post(':appId/reinstate')
  @OperatorOnly()
  @Refuses('reinstateApp')
  @Responds(200, AppStatusAnswer)
  async reinstateApp(
    @Param('appId') appId: string,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.app(caller, appId);
    return this.apps.handle(reinstateApp, incoming.to(appId, { appId }));
  }
}

function seen(
  { appId, slug, name, developerId, suspended, published, createdAt }: SeenApp,
  below: ReadonlySet<string>,
) {
  const status = suspended ? 'suspended' : published ? 'published' : 'draft';
  const belowCost = below.has(appId) && { belowCost: true };
  return { appId, slug, name, developerId, status, createdAt: instantOf(createdAt), ...belowCost };
}
