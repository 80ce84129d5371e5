import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { derivedId } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  cursorKey,
  Incoming,
  type IncomingCommand,
  invalidArgument,
  notFound,
  page,
  pageOf,
  type PageQuery,
  pageQuery,
  permissionDenied,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { repeatsToldMs } from '../../decisions/rules/marks.ts';
import { removeSource } from '../../decisions/sources/remove-source.ts';
import { setSource } from '../../decisions/sources/set-source.ts';
import { Sources } from '../../projections/sources.reads.ts';
import { RateCard } from '../../rate-card/rate-card.ts';
import { SourceStreams } from '../../streams/sources.ts';
import { mayNotReport, mayNotReportUse } from '../../usage-events/may-report.ts';
import { type PayersUse, readUse } from '../../usage-events/reported-use.ts';
import { defaultSources } from '../../usage-events/sourced-event.ts';
import { faultAt, type UseFault } from '../../usage-events/use-faults.ts';
import { SourceAnswer, sourceOf } from './source-answer.ts';
import { SourceParameters, SourceRequest, TriedAnswer } from './sources.requests.ts';

/** Cursor: type, and party. */
const LastSource = z.tuple([z.string(), z.string()]);

/** An event, checked as reports check it. */
const TriedEvent = z.record(z.string(), z.unknown()).meta({
  description: 'a CloudEvent 1.0 of the type, structured; its fields are checked as in a report',
  example: {
    ...{ specversion: '1.0', id: 'request-1', source: '/chat', type: 'chat.answered' },
    ...{ subject: 'sub_01jzxw9k3de5v8m2q4r6t8y0ab', data: { usage: { prompt_tokens: 374 } } },
  },
});

/** Sources: types of events, and where they have app, model and units. */
@Controller('v1/sources')
export class SourcesController {
  constructor(
    private readonly streams: SourceStreams,
    private readonly sources: Sources,
    private readonly rateCard: RateCard,
    private readonly clock: StorageClock,
  ) {}

  /** Lists sources by type. The operator sees all of them, a developer its own. */
  @Get()
  @Requires('metering:sources:read')
  @Responds(200, pageOf(SourceAnswer))
  async listSources(@Query({ schema: pageQuery }) { limit, cursor }: PageQuery, @Caller() caller: Principal) {
    const owner = caller.kind === 'operator' ? undefined : caller.partyId;
    const rows = await this.sources.list(owner, cursorKey(cursor, LastSource), limit + 1);
    return page(rows, limit, ({ type, partyId }) => [type, partyId], sourceOf);
  }

  /**
   * Gets the source by which the caller's events of a type are read. It is the caller's own, else
   * the operator's, else the one by default; 404 if the events are read as they are.
   */
  @Get(':type')
  @Requires('metering:sources:read')
  @Refuses('NOT_FOUND')
  @Responds(200, SourceAnswer)
  async getSource(@Param({ schema: SourceParameters }) { type }: SourceParameters, @Caller() { partyId }: Principal) {
    const row = await this.sources.one(partyId, type);
    if (row) return sourceOf(row);
    const mapping = defaultSources.get(type);
    if (!mapping) throw notFound(`no source for events of this type: ${type}`);
    return sourceOf({ ...mapping, type, version: 0 });
  }

  /**
   * Sets where the caller's events of a type have app, model and units. Each has a JSON pointer
   * into the event, or a value. Members of the event that no pointer names are ignored.
   *
   * The operator's source is for all reporters that have none of their own. A developer's is for an
   * app of its own.
   */
  @Put(':type')
  @Requires('metering:sources:write')
  @Responds(200, SourceAnswer)
  async setSource(
    @Param({ schema: SourceParameters }) { type }: SourceParameters,
    @Body({ schema: SourceRequest }) request: SourceRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.mustBeOwn(caller, request);
    const { app, model, units } = request;
    const mapping = {
      ...(app && { app }),
      ...(model && { model }),
      units: Object.entries(units).map(([meter, field]) => ({ meter, ...field })),
    };
    const owned = ownedBy(caller, type);
    return this.streams.handle(setSource, incoming.to(owned.sourceId, { ...owned, ...mapping }));
  }

  /** Removes the caller's own source. Its events of the type are read as if it had never been. */
  @Delete(':type')
  @Requires('metering:sources:write')
  @Refuses('NOT_FOUND')
  @Responds(204)
  async removeSource(
    @Param({ schema: SourceParameters }) { type }: SourceParameters,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const row = await this.sources.one(caller.partyId, type);
    if (row?.partyId !== caller.partyId) throw notFound(`no source of yours for events of this type: ${type}`);
    const owned = ownedBy(caller, type);
    return this.streams.handle(removeSource, incoming.to(owned.sourceId, owned));
  }

  /**
   * Reads an event of the type as if the caller reported it now. The answer is a use, or the
   * event's faults, each with its place. Nothing is recorded.
   */
  @Post(':type/try')
  @Requires('metering:sources:read')
  @Responds(200, TriedAnswer)
  async tryEvent(
    @Param({ schema: SourceParameters }) { type }: SourceParameters,
    @Body({ schema: TriedEvent }) event: Readonly<Record<string, unknown>>,
    @Caller() caller: Principal,
  ) {
    const forbidden = mayNotReport(caller);
    if (forbidden !== undefined) throw permissionDenied(forbidden);
    if (event['type'] !== type) return { errors: [{ pointer: '/type', detail: `must be ${JSON.stringify(type)}` }] };
    const sources = await this.sources.of(caller.partyId, [event]);
    const read = readUse(event, { reportedBy: caller.partyId, receivedAt: this.clock.now(), sources });
    if ('errors' in read) return { errors: read.errors.map(placeAndDetail) };
    const fault = await this.faultOf(caller, read);
    if (fault) return { errors: [placeAndDetail(fault)] };
    const { source, eventId, app, model, units, time } = read.use;
    return { use: { source, eventId, party: read.partyId, app, model, units, time } };
  }

  private async faultOf(caller: Principal, read: PayersUse): Promise<UseFault | undefined> {
    const age = this.clock.now() - Date.parse(read.use.time);
    if (caller.kind !== 'operator' && age > repeatsToldMs) return faultAt('/time', 'METERING.TOO_OLD');
    const facts = await this.rateCard.factsAbout([{ ...read.use, partyId: read.partyId }]);
    return mayNotReportUse(caller, read, facts);
  }

  private async mustBeOwn(caller: Principal, { app }: SourceRequest): Promise<void> {
    if (caller.kind === 'operator') return;
    const forbidden = mayNotReport(caller);
    if (forbidden !== undefined) throw permissionDenied(forbidden);
    if (!app) {
      const detail = 'is missing: only the operator reports the direct use of models';
      throw invalidArgument(`/app: ${detail}`, [{ pointer: '/app', detail }]);
    }
    if (app.value === undefined) return;
    const facts = await this.rateCard.factsAbout([{ app: app.value }]);
    if (facts.apps.get(app.value)?.developerId !== caller.partyId)
      throw permissionDenied(`/app/value: is not an app of yours`);
  }
}

const ownedBy = ({ partyId, keyId: by }: Principal, type: string) => ({
  ...{ sourceId: derivedId('src', partyId, type), partyId, type, by },
});

const placeAndDetail = ({ pointer, detail }: UseFault) => ({ pointer, detail });
