import { Injectable } from '@nestjs/common';
import { loosened, type Manifest, manifest as declaredManifest } from '@tokengrid/contracts';
import { notFound, type Principal, rowsAfter } from '@tokengrid/service';
import { DataSource, type Repository } from 'typeorm';
import { AppRow } from './apps.table.ts';
import { VersionRow } from './versions.table.ts';

/** A newer release may have stored fields that are unknown here. */
const storedManifest = loosened(declaredManifest);

/** An app as its developer and the operator see it. */
export interface SeenApp extends AppRow {
  readonly published: boolean;
}

/** Finds apps for their developers, and all apps for the operator; for others they do not exist. */
@Injectable()
export class AppDirectory {
  private readonly apps: Repository<AppRow>;
  private readonly versions: Repository<VersionRow>;

  constructor(source: DataSource) {
    this.apps = source.getRepository(AppRow);
    this.versions = source.getRepository(VersionRow);
  }

  /** @throws ProblemError 404 */
  async app(caller: Principal, appId: string): Promise<SeenApp> {
    const row = await this.apps.findOneBy({ appId });
    if (!row || !maySee(caller, row)) throw notFound(`no such app of yours: ${appId}`);
    const published = await this.versions.existsBy({ appId, status: 'published' });
    return { ...row, published };
  }

  /** The caller's apps after the given one, by id; all apps for the operator. */
  async appsOf(caller: Principal, after: string, most: number): Promise<SeenApp[]> {
    const rows = await rowsAfter(this.apps.createQueryBuilder('app'), {
      equal: { developerId: caller.kind === 'operator' ? undefined : caller.partyId },
      key: ['appId'],
      after: [after],
      most,
    });
    const published = await this.publishedAmong(rows.map(({ appId }) => appId));
    return rows.map((row) => ({ ...row, published: published.has(row.appId) }));
  }

  /** A version of an app that the caller may see. @throws ProblemError 404 */
  async version(caller: Principal, appId: string, version: number): Promise<VersionRow> {
    await this.app(caller, appId);
    const row = await this.versions.findOneBy({ appId, version });
    if (!row) throw notFound(`the app has no version ${version}`);
    return row;
  }

  /** The manifest of such a version, with amounts as bigint. @throws ProblemError 404 */
  async manifest(caller: Principal, appId: string, version: number): Promise<Manifest> {
    return storedManifest.parse((await this.version(caller, appId, version)).manifest);
  }

  /**
   * True if an app of another developer that has been published has a name that looks like this
   * app's, in other characters. The same words are no fault: they belong to nobody, and slugs tell
   * apps apart.
   */
  isNameConfusable({ appId, developerId, name, nameSkeleton }: AppRow): Promise<boolean> {
    return this.apps
      .createQueryBuilder('app')
      .where('app.name_skeleton = :nameSkeleton and app.developer_id <> :developerId', { nameSkeleton, developerId })
      .andWhere('app.app_id <> :appId and lower(app.name) <> lower(:name)', { appId, name })
      .andWhere('exists (select from versions where app_id = app.app_id and published_at is not null)')
      .getExists();
  }

  /** Versions of an app after the given one, the oldest first. */
  versionsOf(appId: string, after: number, most: number): Promise<VersionRow[]> {
    return rowsAfter(this.versions.createQueryBuilder('version'), {
      equal: { appId },
      key: ['version'],
      after: [after],
      most,
    });
  }

  private async publishedAmong(appIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.versions
      .createQueryBuilder('version')
      .select('distinct version.app_id', 'appId')
      .where('version.app_id = any(:appIds) and version.status = :status', { appIds, status: 'published' })
      .getRawMany<{ appId: string }>();
    return new Set(rows.map(({ appId }) => appId));
  }
}

function maySee({ kind, partyId }: Principal, { developerId }: AppRow): boolean {
  return kind === 'operator' || partyId === developerId;
}
