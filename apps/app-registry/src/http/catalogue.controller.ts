import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public, Responds } from '@tokengrid/service';
import { AppCatalogue } from '../projections/app-catalogue.ts';
import { CatalogueList, CatalogueQuery } from './app-registry.requests.ts';
import { pageOf } from './pages.ts';

/** What is on offer, for everybody. */
@ApiTags('catalogue')
@Controller('v1/catalog')
export class CatalogueController {
  constructor(private readonly catalogue: AppCatalogue) {}

  /** Apps with a version in force, by slug. Suspended ones are not among them. */
  @Get()
  @Public()
  @Responds(200, CatalogueList)
  async search(@Query({ schema: CatalogueQuery }) { q, limit, cursor }: CatalogueQuery) {
    const search = { text: q, after: cursor, most: limit + 1, now: Date.now() };
    return pageOf(await this.catalogue.search(search), limit, ({ slug }) => slug);
  }
}
