import { Controller, Get, Query } from '@nestjs/common';
import type { Units } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { page, Public, Responds } from '@tokengrid/service';
import { AppCatalogue, type CatalogueEntry, withCosts } from '../../projections/app-catalogue.ts';
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
   * With `units`, each plan has the cost of such a use, and of a month with `seats`. `maxCost` and
   * `maxFee` are kept by one plan at least; a page may be shorter then, and not the last.
   */
  @Get()
  @Public()
  @Responds(200, CatalogueList)
  async searchCatalog(@Query({ schema: CatalogueQuery }) query: CatalogueQuery) {
    const { q, meter, category, region, seats, maxCost, maxFee, limit, cursor } = query;
    const words = q.split(/\s+/).filter((word) => word !== '');
    const use = { units: query.units === undefined ? {} : unitsOf(query.units), seats };
    const isBounded = maxCost !== undefined || maxFee !== undefined;
    const affordable = isBounded ? { ...use, maxCost, maxFee } : undefined;
    const place = { after: afterText(cursor), most: limit + 1, now: this.clock.now() };
    const { entries, lookedUpTo } = await this.catalogue.search({
      words,
      meter,
      category,
      region,
      affordable,
      ...place,
    });
    const shown = (entry: CatalogueEntry) => (query.units === undefined ? entry : withCosts(entry, use));
    return page(entries, limit, ({ slug }) => slug, shown, lookedUpTo);
  }
}

/** Units of the form `input_tokens:1000,output_tokens:200`. */
function unitsOf(text: string): Units {
  return Object.fromEntries(text.split(',').map((part) => part.split(':') as [string, string]));
}
