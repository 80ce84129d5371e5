import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of every service's event store. Projections have migrations of their own. */
export class EventStore1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table event_store (
        service text primary key,
        lanes int not null check (lanes > 0)
      );
      -- One row per lane; who locks it is the lane's single writer.
      create table lanes (
        lane int primary key,
        sequence bigint not null,
        hash bytea not null,
        time bigint not null
      ) with (fillfactor = 20);
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
        traceparent text,
        hash bytea not null,
        -- The exact bytes published: hashes cover them, so nothing may re-encode them.
        value bytea not null,
        primary key (lane, sequence)
      );
      create unique index events_by_stream on events (stream_id, revision);
      create table commands (
        command_id uuid primary key,
        lane int not null,
        sequence bigint not null,
        count smallint not null,
        input_hash bytea
      );
      -- What each stream's events fold into. A cache: any row may be dropped, and is folded again when needed.
      create table streams (
        stream_id text primary key,
        revision int not null,
        state_version int not null,
        state bytea not null
      ) with (fillfactor = 60);
      -- What is known to be in the topic. Apart from lanes, so that a relay never waits for a lane's lock.
      create table relays (
        lane int primary key,
        epoch bigint not null,
        sequence bigint not null,
        hash bytea not null
      ) with (fillfactor = 20);
      create table lease_holders (
        holder text primary key,
        alive_until timestamptz not null
      ) with (fillfactor = 20);
      create table leases (
        name text primary key,
        holder text,
        epoch bigint not null
      );
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
      create index parked_events_by_stream on parked_events (subscriber, topic, stream_id);
      create index parked_events_to_replay on parked_events (subscriber, topic, lane) where replay_requested;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table parked_events, subscriber_marks, leases, lease_holders, relays, streams, commands, events, lanes, event_store;
    `);
  }
}
