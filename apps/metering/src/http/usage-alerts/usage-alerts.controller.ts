import { Body, Controller, Delete, Get, Inject, Param, Put, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import type { Calendar } from '@tokengrid/kernel';
import {
  Caller,
  cursorKey,
  Incoming,
  type IncomingCommand,
  notFound,
  operatorCalendar,
  page,
  pageOf,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { alertsStreamOf, type UsageAlert } from '../../decisions/state/usage-alerts.ts';
import { removeUsageAlert } from '../../decisions/usage-alerts/remove-usage-alert.ts';
import { setUsageAlert } from '../../decisions/usage-alerts/set-usage-alert.ts';
import { Visibility } from '../../projections/visibility.ts';
import { UsageAlertStreams } from '../../streams/usage-alert-streams.ts';
import { tellsPrivate } from '../private-to.ts';
import { alertsOwner } from './alerts-owner.ts';
import { alertOf, UsageAlertAnswer } from './usage-alert-answer.ts';
import {
  OwnerQuery,
  termsOf,
  UsageAlertParameters,
  UsageAlertRequest,
  UsageAlertsQuery,
} from './usage-alerts.requests.ts';

/** Alerts on usage that a party has set. Read from its stream, like decisions. */
@Controller('v1/usage-alerts')
export class UsageAlertsController {
  constructor(
    private readonly streams: UsageAlertStreams,
    private readonly visibility: Visibility,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Lists a party's alerts on usage by name. There are a hundred at most. The operator sees those
   * of any `owner`, others their own.
   */
  @Get()
  @Requires('metering:alerts:read')
  @Refuses('NOT_FOUND')
  @Responds(200, pageOf(UsageAlertAnswer))
  async listUsageAlerts(@Query({ schema: UsageAlertsQuery }) query: UsageAlertsQuery, @Caller() caller: Principal) {
    const owner = alertsOwner(caller, query);
    const after = cursorKey(query.cursor, z.string()) ?? '';
    const { byName } = await this.streams.load(alertsStreamOf(owner));
    const rows = [...byName].filter(([name]) => name > after).sort(([one], [other]) => (one < other ? -1 : 1));
    return page(
      rows,
      query.limit,
      ([name]) => name,
      ([name, alert]) => shown(owner, name, alert),
    );
  }

  /**
   * Gets an alert on usage. The operator sees those of any `owner`, others their own.
   */
  @Get(':name')
  @Requires('metering:alerts:read')
  @Refuses('NOT_FOUND')
  @Responds(200, UsageAlertAnswer)
  async getUsageAlert(
    @Param({ schema: UsageAlertParameters }) { name }: UsageAlertParameters,
    @Query({ schema: OwnerQuery }) query: OwnerQuery,
    @Caller() caller: Principal,
  ) {
    const owner = alertsOwner(caller, query);
    const alert = (await this.streams.load(alertsStreamOf(owner))).byName.get(name);
    if (!alert) throw notFound(`no such alert of yours: ${name}`);
    return shown(owner, name, alert);
  }

  /**
   * Sets an alert on usage, in place of one of its name. `UsageAlertRaised` is stated once for each
   * window and percentage of a budget, and once for each unusual window. The same terms once more
   * change nothing; other terms look at the current windows anew.
   *
   * It counts usage that the caller may read: its own by default; all of its own app for a
   * developer, units of its own model for a provider, anyone's for the operator. Sums include late
   * uses and corrections, for 7 days after the end of a window.
   */
  @Put(':name')
  @Requires('metering:alerts:write')
  @Refuses('setUsageAlert', 'NOT_FOUND')
  @Responds(200, UsageAlertAnswer)
  async setUsageAlert(
    @Param({ schema: UsageAlertParameters }) { name }: UsageAlertParameters,
    @Body({ schema: UsageAlertRequest }) request: UsageAlertRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { partyId, keyId: by } = caller;
    const list = request.measure === 'tokens' ? 'charges' : 'usage';
    const visible = await this.visibility.of(caller, request, list);
    const { key, member } = request;
    tellsPrivate(caller, visible.partyId, { keys: key !== undefined, members: member !== undefined });
    const terms = termsOf(request, visible.partyId, this.calendar.timeZone);
    return this.streams.handle(setUsageAlert, incoming.to(alertsStreamOf(partyId), { partyId, name, by, terms }));
  }

  /** Removes an alert on usage. What it raised stays in the list. */
  @Delete(':name')
  @Requires('metering:alerts:write')
  @Refuses('removeUsageAlert')
  @Responds(204)
  removeUsageAlert(
    @Param({ schema: UsageAlertParameters }) { name }: UsageAlertParameters,
    @Caller() { partyId, keyId: by }: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.streams.handle(removeUsageAlert, incoming.to(alertsStreamOf(partyId), { partyId, name, by }));
  }
}

const shown = (partyId: string, name: string, { version, since, terms }: UsageAlert) =>
  alertOf({ partyId, name, version, ...terms, since: instantOf(since) });
