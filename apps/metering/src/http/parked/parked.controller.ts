import { Controller, Get, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import {
  Caller,
  cursorKey,
  page,
  pageOf,
  pageQuery,
  type Principal,
  Requires,
  Responds,
  rowsAfter,
} from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { ofUse } from '../use-filters.ts';
import { unitsShown, useFields } from '../listed-use.ts';
import { waitSentence } from './wait-sentence.ts';
import { ParkedRow } from '../../projections/parked.table.ts';

export const ParkedQuery = pageQuery.extend({
  ...ofUse,
  waitsFor: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Missing thing that the usage waits for, as in the answer' }),
});
export type ParkedQuery = z.output<typeof ParkedQuery>;

/** Cursor: time of parking, and the use. */
const LastParked = z.tuple([z.int(), z.string()]);

const ParkedAnswer = z
  .strictObject({
    ...useFields,
    waitsFor: z.string().meta({
      description:
        'model:<name>, app:<slug>, party:<id>, key:<party>:<id>, subscription:<slug>:<party>, plan:<slug>:<plan>, price:model:<name> or correction:<why>; why: amount-over-limit, too-many-values, period-over or terms-unknown',
      example: 'model:qwen-72b',
    }),
    detail: z
      .string()
      .meta({ description: 'The reason as a sentence', example: 'waits until the model is offered: qwen-72b' }),
    parkedAt: z.string(),
  })
  .meta({ id: 'ParkedUsage' });

/** Parked usage. */
@Controller('v1/parked')
export class ParkedController {
  constructor(private readonly database: DataSource) {}

  /**
   * Lists parked usage, by the time of parking. The operator sees all of it, others the usage that
   * they reported or are to pay.
   */
  @Get()
  @Requires('metering:usage:read')
  @Responds(200, pageOf(ParkedAnswer))
  async listParked(
    @Query({ schema: ParkedQuery }) { party: partyId, app, model, waitsFor, limit, cursor }: ParkedQuery,
    @Caller() caller: Principal,
  ) {
    const select = this.database.getRepository(ParkedRow).createQueryBuilder('parked').comment(inAllLanes);
    if (app !== undefined) select.andWhere("parked.use ->> 'app' = :app", { app });
    if (model !== undefined) select.andWhere("parked.use ->> 'model' = :model", { model });
    if (caller.kind !== 'operator') select.andWhere(isTheirs, { caller: caller.partyId });
    const rows = await rowsAfter(select, {
      equal: { partyId, waitsFor },
      key: ['parkedAt', 'usageId'],
      after: cursorKey(cursor, LastParked),
      most: limit + 1,
    });
    return page(rows, limit, ({ parkedAt, usageId }) => [parkedAt, usageId], waitingUse);
  }
}

/** True for usage that the caller reported, or is to pay whoever reported it. */
const isTheirs = '(parked.reportedBy = :caller or parked.partyId = :caller)';

function waitingUse({ usageId, partyId, waitsFor, parkedAt, use }: ParkedRow) {
  const { source, eventId, app, model, units, time } = use;
  return {
    usageId,
    source,
    eventId,
    party: partyId,
    app,
    model,
    units: unitsShown(units),
    time,
    waitsFor,
    detail: waitSentence(waitsFor),
    parkedAt: instantOf(parkedAt),
  };
}
