import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { detailOf, type AppRegistryEvent, instantOf } from '@tokengrid/contracts';
import { type Outcome, StorageClock } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import { manifestProblems } from '@tokengrid/rating';
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
  Refuses,
  Responds,
  serviceConfig,
} from '@tokengrid/service';
import type { AppRegistryConfig } from '../../config.ts';
import { Apps } from '../../streams/apps.ts';
import { rejectedFor } from '../app-registry-answers.ts';
import { approveVersion } from '../../decisions/versions/approve-version.ts';
import { deprecateVersion } from '../../decisions/versions/deprecate-version.ts';
import { draftVersion } from '../../decisions/versions/draft-version.ts';
import { publishVersion } from '../../decisions/versions/publish-version.ts';
import { rejectVersion } from '../../decisions/versions/reject-version.ts';
import { submitVersion } from '../../decisions/versions/submit-version.ts';
import { withdrawVersion } from '../../decisions/versions/withdraw-version.ts';
import type { App } from '../../decisions/state/app.ts';
import { AppDirectory } from '../../projections/app-directory.ts';
import { ModelDirectory } from '../../projections/model-directory.ts';
import type { VersionRow } from '../../projections/versions.table.ts';
import {
  PublicationRequest,
  RejectionRequest,
  VersionAnswer,
  VersionList,
  VersionRequest,
} from './versions.requests.ts';
import { EmptyRequest } from '../empty-request.ts';
import { afterNumber } from '../cursors.ts';
import { VersionNumber } from './version-number.ts';

/**
 * An app's versions, and the steps of their lives. Each step is 409
 * `APP_REGISTRY.VERSION_IN_OTHER_STATE` where it can't follow.
 */
@Controller('v1/apps/:appId/versions')
export class VersionsController {
  constructor(
    @Inject(serviceConfig) private readonly config: AppRegistryConfig,
    private readonly apps: Apps,
    private readonly directory: AppDirectory,
    private readonly models: ModelDirectory,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Drafts the next version of an app. The body is its manifest, as `GET /v1/manifest-schema`
   * describes it.
   */
  @Post()
  @Requires('app-registry:apps:write')
  @Refuses('draftVersion')
  @Responds(201, VersionAnswer)
  async draftVersion(
    @Param('appId') appId: string,
    @Body({ schema: VersionRequest }) manifest: VersionRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.app(caller, appId);
    const errors = manifestProblems(manifest).map(({ pointer, ...fault }) => ({
      pointer,
      detail: detailOf(fault.code, fault),
    }));
    if (errors.length > 0) throw invalidArgument(`${errors[0]!.pointer}: ${errors[0]!.detail}`, errors);
    return this.apps.handle(draftVersion, incoming.to(appId, { appId, manifest }));
  }

  /** Lists the versions of an app, the oldest first. Each has its manifest. */
  @Get()
  @Requires('app-registry:apps:read')
  @Responds(200, VersionList)
  async listVersions(
    @Param('appId') appId: string,
    @Query({ schema: pageQuery }) { limit, cursor }: PageQuery,
    @Caller() caller: Principal,
  ) {
    await this.directory.app(caller, appId);
    const rows = await this.directory.versionsOf(appId, afterNumber(cursor), limit + 1);
    return page(rows, limit, ({ version }) => version, seen);
  }

  /**
   * Gets a version of an app. The answer has its manifest, and the faults or reasons of a
   * rejection.
   */
  @Get(':version')
  @Requires('app-registry:apps:read')
  @Responds(200, VersionAnswer)
  async getVersion(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Caller() caller: Principal,
  ) {
    return seen(await this.directory.version(caller, appId, version));
  }

  /**
   * Submits a draft. Automatic checks run at once: the version is `submitted`, or `rejected` with
   * its faults.
   */
  @Post(':version/submit')
  @Requires('app-registry:apps:write')
  @Refuses('submitVersion')
  @Responds(200, VersionAnswer)
  async submitVersion(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const manifest = await this.directory.manifest(caller, appId, version);
    const [offers, isNameConfusable] = await Promise.all([
      this.models.offersOf(manifest.models ?? [], this.clock.now()),
      this.directory.isNameConfusable(await this.directory.app(caller, appId)),
    ]);
    const market = { offers, isNameConfusable, allowedEndpoints: this.config.allowedEndpoints };
    return this.apps.handle(submitVersion, incoming.to(appId, { appId, version, manifest, ...market }));
  }

  /** Approves a submitted version. It can then be published. */
  @Post(':version/approve')
  @OperatorOnly()
  @Refuses('approveVersion')
  @Responds(200, VersionAnswer)
  approveVersion(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.take(approveVersion, caller, incoming, { appId, version });
  }

  /** Rejects a submitted version. The reasons are for its developer. */
  @Post(':version/reject')
  @OperatorOnly()
  @Refuses('rejectVersion')
  @Responds(200, VersionAnswer)
  rejectVersion(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: RejectionRequest }) { reasons }: RejectionRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.take(rejectVersion, caller, incoming, { appId, version, reasons });
  }

  /**
   * Publishes an approved version. Its prices are in force from `effectiveFrom` on, and never
   * change. Subscriptions to earlier versions keep their terms until `subscriptionsFrom`.
   */
  @Post(':version/publish')
  @Requires('app-registry:apps:write')
  @Refuses('publishVersion')
  @Responds(200, VersionAnswer)
  async publishVersion(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: PublicationRequest }) { effectiveFrom, subscriptionsFrom }: PublicationRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const manifest = await this.directory.manifest(caller, appId, version);
    mustBeNear(effectiveFrom, this.clock.now());
    const { minPriceNoticeMs: noticeMs, subscriptionNoticeMs } = this.config;
    const times = { effectiveFrom, subscriptionsFrom, noticeMs, subscriptionNoticeMs };
    return this.apps.handle(publishVersion, incoming.to(appId, { appId, version, manifest, ...times }));
  }

  /** Deprecates a published version: it leaves the catalogue. Subscriptions to it stay. */
  @Post(':version/deprecate')
  @Requires('app-registry:apps:write')
  @Refuses('deprecateVersion')
  @Responds(200, VersionAnswer)
  deprecateVersion(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.take(deprecateVersion, caller, incoming, { appId, version });
  }

  /**
   * Withdraws a draft, or any version that is not in force yet, for good. A version that is in
   * force, or was, stays.
   */
  @Post(':version/withdraw')
  @Requires('app-registry:apps:write')
  @Refuses('withdrawVersion')
  @Responds(200, VersionAnswer)
  withdrawVersion(
    @Param('appId') appId: string,
    @Param('version', VersionNumber) version: number,
    @Body({ schema: EmptyRequest }) _body: EmptyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.take(withdrawVersion, caller, incoming, { appId, version });
  }

  /** Takes a step of a version that the caller sees. @throws ProblemError 404 */
  private async take<Step extends { readonly appId: string; readonly version: number }>(
    decide: Decide<App, Step, AppRegistryEvent>,
    caller: Principal,
    incoming: IncomingCommand,
    step: Step,
  ): Promise<Outcome<AppRegistryEvent>> {
    await this.directory.version(caller, step.appId, step.version);
    return this.apps.handle(decide, incoming.to(step.appId, step));
  }
}

function seen(row: VersionRow) {
  const { appId, version, status, manifest, faults, reasons, draftedAt, effectiveFrom, subscriptionsFrom } = row;
  return {
    appId,
    version,
    status,
    manifest,
    ...(status === 'rejected' && rejectedFor({ faults, reasons })),
    draftedAt: instantOf(draftedAt),
    // A withdrawn version never takes effect.
    effectiveFrom: effectiveFrom === null || status === 'withdrawn' ? null : instantOf(effectiveFrom),
    subscriptionsFrom: subscriptionsFrom === null || status === 'withdrawn' ? null : instantOf(subscriptionsFrom),
  };
}
