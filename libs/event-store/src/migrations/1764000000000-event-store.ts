import type { MigrationInterface, QueryRunner } from 'typeorm';
import { byStranger } from '../postgres/audit-trail.ts';

/** Tables of every service's event store. Projections have migrations of their own. */
export class EventStore1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table event_store (
        service text primary key,
        lanes int not null check (lanes > 0)
      );
      comment on table event_store is 'local';
      -- One row per lane; who locks it is the lane's single writer.
      create table lanes (
        lane int primary key,
        sequence bigint not null,
        hash bytea not null,
        time bigint not null
      ) with (fillfactor = 20);
      comment on table lanes is 'lane';
      create table events (
        lane int not null,
        sequence bigint not null,
        stream_id text not null,
        revision int not null,
        type text not null,
        version smallint not null,
        time bigint not null,
        command_id uuid not null,
        input_hash bytea,
        causation_id text not null,
        correlation_id text not null,
        actor text not null,
        traceparent text,
        hash bytea not null,
        -- The exact bytes published: hashes cover them, so nothing may re-encode them.
        value bytea not null,
        primary key (lane, sequence)
      );
      comment on table events is 'lane';
      create unique index events_by_stream on events (lane, stream_id, revision);
      -- Acts on others' streams, by party; those on a party's own are found by the stream.
      create index events_by_stranger on events (split_part(actor, '/', 1), lane, sequence) where ${byStranger};
      create table commands (
        lane int not null,
        command_id uuid not null,
        sequence bigint not null,
        count smallint not null,
        input_hash bytea,
        primary key (lane, command_id)
      );
      comment on table commands is 'lane';
      -- Streams of commands whose id does not determine the stream. The lane is that of the id.
      create table command_claims (
        lane int not null,
        command_id uuid not null,
        stream_id text not null,
        primary key (lane, command_id)
      );
      comment on table command_claims is 'lane';
      -- What each stream's events fold into. A cache: any row may be dropped, and is folded again when needed.
      create table streams (
        lane int not null,
        stream_id text not null,
        revision int not null,
        state_version int not null,
        state bytea not null,
        primary key (lane, stream_id)
        -- A state has few bytes that repeat: above 2 KB, Postgres would try to compress it at each write,
        -- and then move it into a table of its own.
      ) with (fillfactor = 60, toast_tuple_target = 8160);
      comment on table streams is 'lane';
      -- Last event known to be in the topic, and the offset behind it. Apart from lanes, so that
      -- a relay never waits for a lane's lock.
      create table relays (
        lane int primary key,
        epoch bigint not null,
        sequence bigint not null,
        hash bytea not null,
        log_offset bigint not null default 0
      ) with (fillfactor = 20);
      comment on table relays is 'lane';
      create table lease_holders (
        holder text primary key,
        alive_until timestamptz not null
      ) with (fillfactor = 20);
      comment on table lease_holders is 'local';
      create table leases (
        name text primary key,
        holder text,
        epoch bigint not null
      );
      comment on table leases is 'local';
      -- How far each subscriber has come in each foreign lane.
      create table subscriber_marks (
        subscriber text not null,
        topic text not null,
        lane int not null,
        sequence bigint not null,
        hash bytea not null,
        log_offset bigint not null,
        primary key (subscriber, topic, lane)
      ) with (fillfactor = 20);
      comment on table subscriber_marks is 'local';
      create table parked_events (
        subscriber text not null,
        topic text not null,
        lane int not null,
        sequence bigint not null,
        log_offset bigint not null,
        stream_id text not null,
        type text not null,
        reason text not null,
        parked_at timestamptz not null default now(),
        replay_requested boolean not null default false,
        primary key (subscriber, topic, lane, sequence)
      );
      comment on table parked_events is 'local';
      create index parked_events_by_stream on parked_events (subscriber, topic, stream_id);
      create index parked_events_to_replay on parked_events (subscriber, topic, lane) where replay_requested;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table parked_events, subscriber_marks, leases, lease_holders, relays, streams, command_claims, commands, events,
        lanes, event_store;
    `);
  }
}
