import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Calendar } from '@tokengrid/kernel';
import {
  Caller,
  cursorKey,
  momentOf,
  operatorCalendar,
  page,
  pageOf,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { RaisedUsageAlerts } from '../../projections/usage-alerts.reads.ts';
import { alertsOwner } from './alerts-owner.ts';
import { raisedAlertOf, RaisedUsageAlertAnswer } from './usage-alert-answer.ts';
import { RaisedUsageAlertsQuery } from './usage-alerts.requests.ts';

/** Cursor: time of raising, and the event. */
const LastRaised = z.tuple([z.int(), z.int()]);

/** Alerts on usage that were raised. */
@Controller('v1/raised-usage-alerts')
export class RaisedUsageAlertsController {
  constructor(
    private readonly raised: RaisedUsageAlerts,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Lists the alerts on usage that were raised, by the time of raising. A window may be raised
   * after its end, when late uses come.
   */
  @Get()
  @Requires('metering:alerts:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(RaisedUsageAlertAnswer))
  async listRaisedUsageAlerts(
    @Query({ schema: RaisedUsageAlertsQuery }) query: RaisedUsageAlertsQuery,
    @Caller() caller: Principal,
  ) {
    const { name, limit, cursor } = query;
    const [from, to] = [momentOf(query.from, this.calendar), momentOf(query.to, this.calendar)];
    const filters = { owner: alertsOwner(caller, query), name, from, to };
    const rows = await this.raised.list(filters, cursorKey(cursor, LastRaised), limit + 1);
    return page(
      rows,
      limit,
      ({ raisedAt, sequence }) => [raisedAt, sequence],
      ({ raised, raisedAt }) => raisedAlertOf(raised, raisedAt),
    );
  }
}
