import { Controller, Get, Query } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { page, Public, Responds } from '@tokengrid/service';
import { AppCatalogue } from '../../projections/app-catalogue.ts';
import { CatalogueList, CatalogueQuery } from './catalogue.requests.ts';
import { afterText } from '../cursors.ts';

/** Apps on offer, for everyone. */
@Controller('v1/catalog')
export class CatalogueController {
  constructor(
    private readonly catalogue: AppCatalogue,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Searches the catalogue of apps with a version in force, by slug. Suspended apps are left out.
   */
  @Get()
  @Public()
  @Responds(200, CatalogueList)
  async searchCatalog(@Query({ schema: CatalogueQuery }) { q, limit, cursor }: CatalogueQuery) {
    const search = { text: q, after: afterText(cursor), most: limit + 1, now: this.clock.now() };
    return page(
      await this.catalogue.search(search),
      limit,
      ({ slug }) => slug,
      (entry) => entry,
    );
  }
}
