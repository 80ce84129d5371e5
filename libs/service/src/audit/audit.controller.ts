import { Controller, Get, Inject, Query, type Type } from '@nestjs/common';
import { type Actor, instantOf, operatorPartyId, systemParty } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { type AuditedEvent, type AuditPlace, AuditTrail } from '@tokengrid/event-store/postgres';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Requires } from '../auth/access.ts';
import { Caller, type Principal } from '../auth/principal.ts';
import { cursorKey, type Page, page, pageQuery } from '../http/pages.ts';
import { sentTime } from '../http/sent-time.ts';
import { Responds } from '../openapi/responds.ts';
import { poolOf } from '../postgres/database.ts';
import type { ServiceDefinition } from '../service-definition.ts';
import { serviceDefinition } from '../tokens.ts';
import { AuditAnswer } from './audit.answers.ts';
import type { Audit } from './audit.ts';

const id = z.string().min(1).max(200);

const AuditQuery = pageQuery.extend({
  party: id.optional().meta({ description: 'Party that did it', example: operatorPartyId }),
  person: id.optional().meta({
    description: 'Person that did it, or its key',
    example: 'key_01jzx3k9v8e7f9q2m4n6p8r0t3',
  }),
  object: id.optional().meta({
    description: 'Stream that it was done to, such as a party or a wallet',
    example: 'wal_01jzx3k9v8e7f9q2m4n6p8r0t2',
  }),
  from: sentTime.optional().meta({ description: 'First moment', example: '2026-01-31T00:00:00.000Z' }),
  to: sentTime.optional().meta({ description: 'End, excluded', example: '2026-02-01T00:00:00.000Z' }),
});
type AuditQuery = z.output<typeof AuditQuery>;

const place = z.tuple([z.int(), z.int(), z.int()]);

/** Maximum number of a party's streams that an audit looks at. */
const mostStreams = 1000;

/** The controller of a service's audit, which its own scope opens. */
export function auditController({ scope, streamsOf, furtherStreams }: Audit): Type {
  /** Events by who did them. */
  @Controller('v1/audit')
  class AuditController {
    private readonly trail: AuditTrail;

    constructor(
      private readonly database: DataSource,
      @Inject(serviceDefinition) { catalogue }: ServiceDefinition,
      store: EventStore,
    ) {
      this.trail = new AuditTrail(poolOf(database), catalogue.service, store.lanes);
    }

    /**
     * Lists events with their actors, the latest first. The operator sees all. A party sees what
     * its own people and keys did, and what was done to what is its own; of others it sees the
     * operator and the system alone. A page may have fewer entries than asked, and still have a
     * next one.
     */
    @Get()
    @Requires(scope)
    @Responds(200, AuditAnswer)
    async listAudit(
      @Caller() caller: Principal,
      @Query({ schema: AuditQuery }) asked: AuditQuery,
    ): Promise<Page<unknown>> {
      const { limit, cursor, party, person, ...rest } = asked;
      const isOperator = caller.kind === 'operator';
      const of = isOperator ? party : caller.partyId;
      const isHidden = !isOperator && hides(caller, person === undefined ? party : (party ?? caller.partyId));
      if (isHidden || (!isOperator && person !== undefined && party !== undefined && party !== caller.partyId))
        return page([], limit, String, String);
      const streams = of === undefined ? [] : await this.streamsOf(of);
      const { events, lookedUpTo } = await this.trail.find({
        ...rest,
        party: !isOperator && person !== undefined ? caller.partyId : party,
        person,
        ...(isOperator ? { streams } : { seenBy: { party: caller.partyId, streams } }),
        after: cursorKey<AuditPlace>(cursor, place),
        limit: limit + 1,
      });
      return page(
        events,
        limit,
        (event) => event.place,
        (event) => answerOf(event, isOperator ? undefined : caller),
        lookedUpTo,
      );
    }

    private async streamsOf(partyId: string): Promise<readonly string[]> {
      if (furtherStreams === undefined) return streamsOf(partyId);
      const { rows } = await poolOf(this.database).query<{ readonly stream_id: string }>(
        `${furtherStreams} limit ${mostStreams}`,
        [partyId],
      );
      return [...streamsOf(partyId), ...rows.map((row) => row.stream_id)];
    }
  }
  return AuditController;
}

/** True if a party may not see that another one did something. */
const hides = ({ partyId }: Principal, party: string | undefined): boolean =>
  party !== undefined && ![partyId, operatorPartyId, systemParty].includes(party);

/** @param seenBy the party that sees it; the operator if absent */
function answerOf(
  { eventId, type, streamId, time, actor, causationId, correlationId }: AuditedEvent,
  seenBy?: Principal,
) {
  return {
    ...{ eventId, time: instantOf(time), type, object: streamId, actor: shownTo(seenBy, actor) },
    ...{ causationId, correlationId: seenBy && actor.party !== seenBy.partyId ? null : correlationId },
  };
}

function shownTo(seenBy: Principal | undefined, actor: Actor) {
  const { party, person = null, key = null, onBehalfOf = null } = actor;
  if (!seenBy || party === seenBy.partyId) return { party, person, key, onBehalfOf };
  const isOwn = onBehalfOf === seenBy.partyId;
  const known = { person: party === systemParty ? person : null, key: null, onBehalfOf: isOwn ? onBehalfOf : null };
  return { party: hides(seenBy, party) ? null : party, ...known };
}
