import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Alerts on usage: those that are set, those that were raised, and how far usage was looked at. */
export class UsageAlerts1764200000061 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table usage_alerts (
        lane int not null,
        owner_id text not null,
        name text collate "C" not null,
        version int not null,
        -- The event that set this version.
        sequence bigint not null,
        -- The filter by which usage finds it: party, app, model or offer, else all.
        subject_kind text not null,
        subject text not null,
        app text,
        model text,
        offer_id text,
        key_id text,
        -- Shared wallet whose member's uses are counted.
        member_of text,
        since bigint not null,
        terms jsonb not null,
        primary key (lane, owner_id, name)
      );
      comment on table usage_alerts is 'lane';
      create index usage_alerts_of_subject on usage_alerts (subject_kind, subject);
      create index usage_alerts_by_setting on usage_alerts (lane, sequence);
      create table raised_usage_alerts (
        lane int not null,
        sequence bigint not null,
        owner_id text not null,
        name text not null,
        version int not null,
        starts_at bigint not null,
        -- Percentage of the budget; 0 for an unusual sum.
        step int not null,
        raised_at bigint not null,
        raised jsonb not null,
        primary key (lane, sequence)
      );
      comment on table raised_usage_alerts is 'lane';
      create index raised_usage_alerts_by_time on raised_usage_alerts (owner_id, raised_at, sequence);
      create index raised_usage_alerts_of_window on raised_usage_alerts (lane, owner_id, version, starts_at);
      -- How far the events of a lane were looked at for alerts.
      create table usage_alert_looks (
        lane int primary key,
        looked_to bigint not null
      );
      comment on table usage_alert_looks is 'lane';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table usage_alert_looks, raised_usage_alerts, usage_alerts');
  }
}
