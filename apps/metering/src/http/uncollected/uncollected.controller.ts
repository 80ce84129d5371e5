import { Controller, Get, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import {
  Caller,
  cursorKey,
  page,
  pageOf,
  pageQuery,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { listedUse, ratedUseFields } from '../listed-use.ts';
import { Uncollected, type UncollectedUse } from '../../projections/uncollected.reads.ts';
import { Visibility } from '../../projections/visibility.ts';
import { ofUse } from '../use-filters.ts';

const reason = z.string().max(80);

export const UncollectedQuery = pageQuery.extend({
  ...ofUse,
  reason: reason.optional().meta({ description: 'Code of the refusal, as in the answer' }),
});
export type UncollectedQuery = z.output<typeof UncollectedQuery>;

/** Cursor: time of the refusal, and the use. */
const LastRefused = z.tuple([z.int(), z.string()]);

const UncollectedAnswer = z
  .strictObject({
    ...ratedUseFields,
    reason: reason.meta({ description: 'Code of the refusal', example: 'WALLET.INSUFFICIENT_TOKENS' }),
    refusedAt: z
      .string()
      .meta({ description: 'Time at which the wallet refused the charge', example: '2026-01-31T08:00:01.000Z' }),
  })
  .meta({ id: 'UncollectedUsage' });

/** Usage that was not collected. */
@Controller('v1/uncollected')
export class UncollectedController {
  constructor(
    private readonly uncollected: Uncollected,
    private readonly visibility: Visibility,
  ) {}

  /**
   * Lists uses that the payer's wallet did not cover, each with the reason, by the time of the
   * refusal. They are charged once tokens come, the oldest first, and then no longer listed. A
   * party sees the uses that it should pay, a developer all of its own app, the operator all.
   */
  @Get()
  @Requires('metering:charges:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(UncollectedAnswer))
  async listUncollected(@Query({ schema: UncollectedQuery }) query: UncollectedQuery, @Caller() caller: Principal) {
    const { partyId } = await this.visibility.of(caller, query, 'charges');
    const rows = await this.uncollected.list(
      { ...query, partyId },
      cursorKey(query.cursor, LastRefused),
      query.limit + 1,
    );
    return page(rows, query.limit, ({ refusedAt, usageId }) => [refusedAt, usageId], refusedUse);
  }
}

function refusedUse(use: UncollectedUse) {
  return { ...listedUse(use), reason: use.reason, refusedAt: instantOf(use.refusedAt) };
}
