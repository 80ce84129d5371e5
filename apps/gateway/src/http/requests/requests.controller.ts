import { Controller, Get, Inject, Query } from '@nestjs/common';
import { delivery, instant, instantOf, keyId, modelName, slug, typeId, type Units } from '@tokengrid/contracts';
import type { Calendar } from '@tokengrid/kernel';
import {
  askedTimeZone,
  Caller,
  cursorKey,
  invalidArgument,
  keptCalendarOf,
  momentOf,
  operatorCalendar,
  page,
  pageOf,
  pageQuery,
  type Principal,
  Requires,
  Responds,
  sentTimeOrDay,
} from '@tokengrid/service';
import { z } from 'zod';
import { type ListedRequest, type RequestKey, Requests } from '../../requests/requests.reads.ts';

export const RequestsQuery = pageQuery.extend({
  from: sentTimeOrDay.optional().meta({ description: 'Served at this time or later' }),
  to: sentTimeOrDay.optional().meta({ description: 'Served before this time' }),
  timeZone: askedTimeZone,
  model: modelName.optional().meta({ description: 'Name of the model' }),
  app: slug.optional().meta({ description: 'Slug of the app' }),
  key: keyId.optional().meta({ description: 'Id of the API key or OAuth client' }),
});
export type RequestsQuery = z.output<typeof RequestsQuery>;

/** Cursor: time of the request, and the request. */
const LastRequest = z.tuple([z.int(), z.string()]);

const RequestAnswer = z
  .strictObject({
    requestId: z.string(),
    time: instant,
    app: slug.optional(),
    model: modelName.optional(),
    offer: typeId('mod').optional(),
    key: keyId.optional(),
    units: z.record(z.string(), z.union([z.int(), z.string()])),
    tokens: z
      .string()
      .optional()
      .meta({ description: 'µAIT as a decimal string; absent until the wallet has answered', example: '1034' }),
    status: delivery.shape.end.meta({
      description: 'How the answer ended; cut-off: tokens ran out, or were called back',
    }),
    charge: z.enum(['pending', 'charged', 'uncollected']).meta({
      description:
        'pending: the wallet has not answered, or it cost nothing; uncollected: it could not cover the charge, which waits',
    }),
    firstUnitMs: z.int().optional(),
    totalMs: z.int().optional(),
    chargeId: typeId('chg').optional(),
  })
  .meta({ id: 'Request', description: 'what was asked and answered is kept nowhere' });

/** Served requests. */
@Controller('v1/requests')
export class RequestsController {
  constructor(
    private readonly requests: Requests,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Lists the requests that the caller's party pays for, by their time. They are listed as soon as
   * they were answered; `tokens` and `chargeId` come with the wallet's answer, a moment later.
   */
  @Get()
  @Requires('gateway:requests:read')
  @Responds(200, pageOf(RequestAnswer))
  async listRequests(@Query({ schema: RequestsQuery }) query: RequestsQuery, @Caller() { partyId }: Principal) {
    const { limit, cursor, model, app, key } = query;
    const filters = { ...this.times(query), model, app, key };
    const rows = await this.requests.list(partyId, filters, cursorKey(cursor, LastRequest), limit + 1);
    return page(rows, limit, keyOf, requestOf);
  }

  /** @throws ProblemError 400 for a time that ends before it begins */
  private times({ from, to, timeZone }: RequestsQuery) {
    const calendar = timeZone === undefined ? this.calendar : keptCalendarOf(timeZone);
    const times = { from: momentOf(from, calendar), to: momentOf(to, calendar) };
    if (times.from === undefined || times.to === undefined || times.to >= times.from) return times;
    const detail = 'is before `from`';
    throw invalidArgument(`/to: ${detail}`, [{ pointer: '/to', detail }]);
  }
}

const keyOf = ({ usedAt, requestId }: ListedRequest): RequestKey => [usedAt, requestId];

function requestOf(request: ListedRequest): z.output<typeof RequestAnswer> {
  const { requestId, usedAt, app, model, offer, key, units, ended, firstUnitMs, totalMs } = request;
  const { chargeId, tokens, waits } = request;
  return {
    ...{ requestId, time: instantOf(usedAt), units: unitsShown(units), status: ended ?? 'completed' },
    ...(app !== null && { app }),
    ...(model !== null && { model }),
    ...(offer !== null && { offer }),
    ...(key !== null && { key }),
    ...(firstUnitMs !== null && { firstUnitMs }),
    ...(totalMs !== null && { totalMs }),
    ...(tokens !== null && { tokens }),
    ...(chargeId !== null && { chargeId }),
    charge: waits === null ? 'pending' : waits ? 'uncollected' : 'charged',
  };
}

/** Counts as numbers where every JSON parser keeps them exactly, else as decimal strings. */
const unitsShown = (units: Units) =>
  Object.fromEntries(
    Object.entries(units).map(([meter, count]) => {
      const number = Number(count);
      return [meter, Number.isSafeInteger(number) && !count.includes('.') ? number : count];
    }),
  );
