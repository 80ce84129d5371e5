import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { instantOf } from '@tokengrid/contracts';
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
  Responds,
} from '@tokengrid/service';
import { Apps } from '../apps.ts';
import { createApp } from '../decisions/create-app.ts';
import { reinstateApp } from '../decisions/reinstate-app.ts';
import { suspendApp } from '../decisions/suspend-app.ts';
import { Names } from '../names.ts';
import { AppDirectory, type SeenApp } from '../projections/app-directory.ts';
import { AppAnswer, AppList, AppRequest, AppStatusAnswer, EmptyRequest } from './app-registry.requests.ts';
import { afterText } from './cursors.ts';

/** Apps, as their developers and the operator see them. */
@ApiTags('apps')
@Controller('v1/apps')
export class AppsController {
  constructor(
    private readonly apps: Apps,
    private readonly names: Names,
    private readonly directory: AppDirectory,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Makes an app, a draft until a version is published', description: '409 `SLUG_TAKEN`.' })
  @Requires('app-registry:apps:write')
  @Responds(201, AppAnswer)
  async create(
    @Body({ schema: AppRequest }) { slug, name }: AppRequest,
    @Caller() { partyId }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const wanted = { kind: 'slug', name: slug, ownerId: newId('app'), partyId } as const;
    const { ownerId: appId, reservation } = await this.names.reserve(incoming, wanted);
    const data = { appId, slug, developerId: partyId, name, reservation };
    return this.apps.handle(createApp, incoming.to(appId, data));
  }

  @Get()
  @ApiOperation({ summary: "The caller's apps, oldest first; all apps, for the operator" })
  @Requires('app-registry:apps:read')
  @Responds(200, AppList)
  async list(@Query({ schema: pageQuery }) { limit, cursor }: PageQuery, @Caller() caller: Principal) {
    const rows = await this.directory.appsOf(caller, afterText(cursor), limit + 1);
    return page(rows, limit, ({ appId }) => appId, seen);
  }

  @Get(':appId')
  @ApiOperation({ summary: "An app of the caller's; any, for the operator" })
  @Requires('app-registry:apps:read')
  @Responds(200, AppAnswer)
  async find(@Param('appId') appId: string, @Caller() caller: Principal) {
    return seen(await this.directory.app(caller, appId));
  }

  @Post(':appId/suspend')
  @ApiOperation({ summary: 'Takes an app out of the catalogue', description: '409 `APP.SUSPENDED`.' })
  @OperatorOnly()
  @Responds(200, AppStatusAnswer)
  async suspend(
    @Param('appId') appId: string,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.app(caller, appId);
    return this.apps.handle(suspendApp, incoming.to(appId, { appId }));
  }

  @Post(':appId/reinstate')
  @ApiOperation({ summary: 'Lifts a suspension', description: '409 `APP.NOT_SUSPENDED`.' })
  @OperatorOnly()
  @Responds(200, AppStatusAnswer)
  async reinstate(
    @Param('appId') appId: string,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.app(caller, appId);
    return this.apps.handle(reinstateApp, incoming.to(appId, { appId }));
  }
}

function seen({ appId, slug, name, developerId, suspended, published, createdAt }: SeenApp) {
  const status = suspended ? 'suspended' : published ? 'published' : 'draft';
  return { appId, slug, name, developerId, status, createdAt: instantOf(createdAt) };
}
