import { Injectable } from '@nestjs/common';
import { loosened, manifest as declaredManifest } from '@tokengrid/contracts';
import { priceFaults } from '@tokengrid/rating';
import { AppCatalogue } from './app-catalogue.ts';
import { ModelDirectory } from './model-directory.ts';

/** A newer release may have stored fields that are unknown here. */
const storedManifest = loosened(declaredManifest);

/**
 * Finds apps whose prices in force no longer cover what a model costs that they use: a model's
 * price may rise after a version was checked.
 */
@Injectable()
export class BelowCost {
  constructor(
    private readonly catalogue: AppCatalogue,
    private readonly models: ModelDirectory,
  ) {}

  /** Ids of the apps among these whose developers pay a part of the use. */
  async among(appIds: readonly string[], now: number): Promise<ReadonlySet<string>> {
    const stored = await this.catalogue.manifestsOf(appIds, now);
    const manifests = [...stored].map(([appId, json]) => [appId, storedManifest.parse(json)] as const);
    const names = new Set(manifests.flatMap(([, { models = [] }]) => models));
    const offers = await this.models.offersOf([...names], now);
    return new Set(
      manifests
        .filter(([, manifest]) =>
          priceFaults(manifest, offers).some(({ code }) => code !== 'APP_REGISTRY.MODEL_UNKNOWN'),
        )
        .map(([appId]) => appId),
    );
  }
}
