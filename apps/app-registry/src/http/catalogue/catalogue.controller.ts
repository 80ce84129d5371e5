import { Controller, Get, Query } from '@nestjs/common';
import type { Units } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { page, Public, Responds } from '@tokengrid/service';
import { AppCatalogue, withCosts } from '../../projections/app-catalogue.ts';
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
   * With `units`, each plan has what such a use costs, and a month with `seats`.
   */
  @Get()
  @Public()
  @Responds(200, CatalogueList)
  async searchCatalog(@Query({ schema: CatalogueQuery }) query: CatalogueQuery) {
    const { q, meter, region, units, seats, limit, cursor } = query;
    const words = q.split(/\s+/).filter((word) => word !== '');
    const search = { words, meter, region, after: afterText(cursor), most: limit + 1, now: this.clock.now() };
    const use = units === undefined ? undefined : { units: unitsOf(units), seats };
    return page(
      await this.catalogue.search(search),
      limit,
      ({ slug }) => slug,
      (entry) => (use ? withCosts(entry, use) : entry),
    );
  }
}

/** Units of the form `input_tokens:1000,output_tokens:200`. */
function unitsOf(text: string): Units {
  return Object.fromEntries(text.split(',').map((part) => part.split(':') as [string, string]));
}
