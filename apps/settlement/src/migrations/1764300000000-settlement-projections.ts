import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of settlement's read models: of its own events, and of those it needs from the wallet. */
export class SettlementProjections1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table accruals (
        lane int not null,
        accrual_id text not null,
        period text not null,
        late_for text,
        party_id text not null,
        role text not null,
        app text,
        plan text,
        model text,
        price_version text not null,
        uses bigint not null,
        tokens numeric(38) not null check (tokens >= 0),
        primary key (lane, accrual_id)
      ) with (fillfactor = 70);
      comment on table accruals is 'lane';
      create index accruals_of_party on accruals (party_id, period, accrual_id);
      create index accruals_of_period on accruals (period, accrual_id);
      create table accrued_units (
        lane int not null,
        accrual_id text not null,
        meter text not null,
        units numeric not null,
        primary key (lane, accrual_id, meter)
      ) with (fillfactor = 70);
      comment on table accrued_units is 'lane';
      create index accrued_units_of_sum on accrued_units (accrual_id);
      create table accrued_totals (
        lane int not null,
        period text not null,
        uses bigint not null,
        tokens numeric(38) not null,
        primary key (lane, period)
      ) with (fillfactor = 70);
      comment on table accrued_totals is 'lane';
      create table accrued_ranges (
        lane int not null,
        sequence bigint not null,
        period text not null,
        wallet_lane int not null,
        from_sequence bigint not null,
        to_sequence bigint not null,
        tokens numeric(38) not null,
        accrued numeric(38) not null,
        primary key (lane, sequence, period)
      );
      comment on table accrued_ranges is 'lane';
      create index accrued_ranges_of_period on accrued_ranges (period);
      create index accrued_ranges_of_wallet_lane on accrued_ranges (wallet_lane, from_sequence);
      create table periods (
        period text primary key,
        early boolean,
        lanes int,
        lanes_counted int not null default 0,
        uses bigint,
        tokens numeric(38),
        statements int,
        closing_at bigint,
        closed_at bigint
      );
      -- What a row holds comes from two lanes.
      comment on table periods is 'reference';
      create table statements (
        lane int not null,
        statement_id text not null,
        period text not null,
        party_id text not null,
        lines jsonb not null,
        tokens numeric(38) not null check (tokens >= 0),
        made_by text not null,
        made_at bigint not null,
        primary key (lane, statement_id)
      );
      comment on table statements is 'lane';
      create index statements_of_party on statements (party_id, period);
      create index statements_of_period on statements (period, statement_id);
      create table statement_parts (
        lane int not null,
        statement_id text not null,
        wallet_lane int not null,
        period text not null,
        tokens numeric(38) not null check (tokens > 0),
        primary key (lane, statement_id, wallet_lane)
      );
      comment on table statement_parts is 'lane';
      create index statement_parts_of_period on statement_parts (period);
      create table statement_payments (
        lane int not null,
        statement_id text not null,
        wallet_lane int not null,
        tokens numeric(38) not null check (tokens > 0),
        paid_by text not null,
        primary key (lane, statement_id, wallet_lane)
      );
      comment on table statement_payments is 'lane';
      create table escrow_movements (
        wallet_lane int not null,
        sequence bigint not null,
        kind text not null,
        tokens numeric(38) not null,
        stated numeric(38) not null,
        statement_id text,
        period text,
        moved_at bigint not null,
        primary key (wallet_lane, sequence)
      );
      comment on table escrow_movements is 'lane(wallet_lane)';
      create index escrow_movements_of_period on escrow_movements (period) where period is not null;
      create index escrow_movements_by_time on escrow_movements (moved_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop table escrow_movements, statement_payments, statement_parts, statements, periods, accrued_ranges,
         accrued_totals, accrued_units, accruals`,
    );
  }
}
