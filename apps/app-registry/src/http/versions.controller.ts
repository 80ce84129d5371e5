import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { instantOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  invalidArgument,
  mustBeNear,
  OperatorOnly,
  page,
  pageQuery,
  type PageQuery,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { Apps } from '../apps.ts';
import { approveVersion } from '../decisions/approve-version.ts';
import { deprecateVersion } from '../decisions/deprecate-version.ts';
import { draftVersion } from '../decisions/draft-version.ts';
import { manifestProblems } from '../decisions/manifest-problems.ts';
import { publishVersion } from '../decisions/publish-version.ts';
import { rejectVersion } from '../decisions/reject-version.ts';
import { submitVersion } from '../decisions/submit-version.ts';
import { withdrawVersion } from '../decisions/withdraw-version.ts';
import { AppDirectory } from '../projections/app-directory.ts';
import type { VersionRow } from '../projections/versions.table.ts';
import {
  EmptyRequest,
  PublicationRequest,
  RejectionRequest,
  VersionAnswer,
  VersionList,
  VersionRequest,
} from './app-registry.requests.ts';
import { afterNumber } from './cursors.ts';
import { VersionNumber } from './version-number.ts';

/** An app's versions, and the steps of their lives. Each step is 409 `APP.INVALID_STATE` where it can't follow. */
@ApiTags('versions')
@Controller('v1/apps/:appId/versions')
export class VersionsController {
  constructor(
    private readonly apps: Apps,
    private readonly directory: AppDirectory,
    private readonly clock: StorageClock,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Writes the next version; the body is its manifest' })
  @Requires('app-registry:apps:write')
  @Responds(201, VersionAnswer)
  async draft(
    @Param('appId') appId: string,
    @Body({ schema: VersionRequest }) manifest: VersionRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.app(caller, appId);
    const problems = manifestProblems(manifest);
    if (problems.length > 0) throw invalidArgument(`${problems[0]!.pointer}: ${problems[0]!.detail}`, problems);
    return this.apps.handle(draftVersion, incoming.to(appId, { appId, manifest }));
  }

  @Get()
  @ApiOperation({ summary: "An app's versions, oldest first" })
  @Requires('app-registry:apps:read')
  @Responds(200, VersionList)
  async list(
    @Param('appId') appId: string,
    @Query({ schema: pageQuery }) { limit, cursor }: PageQuery,
    @Caller() caller: Principal,
  ) {
    await this.directory.app(caller, appId);
    const rows = await this.directory.versionsOf(appId, afterNumber(cursor), limit + 1);
    return page(rows, limit, ({ version }) => version, seen);
  }

  @Get(':version')
  @ApiOperation({ summary: 'One version, with its manifest' })
  @Requires('app-registry:apps:read')
  @Responds(200, VersionAnswer)
  async find(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Caller() caller: Principal,
  ) {
    return seen(await this.directory.version(caller, appId, version));
  }

  @Post(':version/submit')
  @ApiOperation({
    summary: 'Submits a draft',
    description: 'The automatic checks run at once: the version is `submitted`, or `rejected` with the reasons.',
  })
  @Requires('app-registry:apps:write')
  @Responds(200, VersionAnswer)
  async submit(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const manifest = await this.directory.manifest(caller, appId, version);
    return this.apps.handle(submitVersion, incoming.to(appId, { appId, version, manifest }));
  }

  @Post(':version/approve')
  @ApiOperation({ summary: 'Approves what was submitted' })
  @OperatorOnly()
  @Responds(200, VersionAnswer)
  async approve(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.version(caller, appId, version);
    return this.apps.handle(approveVersion, incoming.to(appId, { appId, version }));
  }

  @Post(':version/reject')
  @ApiOperation({ summary: 'Rejects what was submitted, with the reasons' })
  @OperatorOnly()
  @Responds(200, VersionAnswer)
  async reject(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: RejectionRequest }) { reasons }: RejectionRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.version(caller, appId, version);
    return this.apps.handle(rejectVersion, incoming.to(appId, { appId, version, reasons }));
  }

  @Post(':version/publish')
  @ApiOperation({
    summary:
      'Puts an approved version on the network: its prices are in force from `effectiveFrom` on, and never change',
    description:
      '409 `APP.EARLIER_THAN_SCHEDULED` before a version that is scheduled, `APP.SUSPENDED` while the app is suspended.',
  })
  @Requires('app-registry:apps:write')
  @Responds(200, VersionAnswer)
  async publish(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: PublicationRequest }) { effectiveFrom }: PublicationRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const manifest = await this.directory.manifest(caller, appId, version);
    mustBeNear(effectiveFrom, this.clock.now());
    return this.apps.handle(publishVersion, incoming.to(appId, { appId, version, manifest, effectiveFrom }));
  }

  @Post(':version/deprecate')
  @ApiOperation({ summary: 'Takes a published version out of the catalogue; who subscribed to it stays subscribed' })
  @Requires('app-registry:apps:write')
  @Responds(200, VersionAnswer)
  async deprecate(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.version(caller, appId, version);
    return this.apps.handle(deprecateVersion, incoming.to(appId, { appId, version }));
  }

  @Post(':version/withdraw')
  @ApiOperation({
    summary: 'Withdraws a version that was announced for a time to come, for good',
    description: '409 `APP.VERSION_IN_FORCE` from that time on.',
  })
  @Requires('app-registry:apps:write')
  @Responds(200, VersionAnswer)
  async withdraw(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.version(caller, appId, version);
    return this.apps.handle(withdrawVersion, incoming.to(appId, { appId, version }));
  }
}

function seen({ appId, version, status, manifest, reasons, draftedAt, effectiveFrom }: VersionRow) {
  return {
    appId,
    version,
    status,
    manifest,
    ...(status === 'rejected' && { reasons }),
    draftedAt: instantOf(draftedAt),
    // It never takes effect.
    effectiveFrom: effectiveFrom === null || status === 'withdrawn' ? null : instantOf(effectiveFrom),
  };
}
