import type { SettlementEvent } from '@tokengrid/contracts';
import { settlementCatalogue, walletCatalogue } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { dataOf, foreignProjection, type ServiceDefinition } from '@tokengrid/service';
import { settlementApi } from './api.ts';
import { settlementAnswers } from './http/settlement-answers.ts';
import { SettlementProjections1764300000000 } from './migrations/1764300000000-settlement-projections.ts';
import { SignedAccruals1764300000040 } from './migrations/1764300000040-signed-accruals.ts';
import { accruals } from './projections/accruals.projection.ts';
import { escrowMovements } from './projections/escrow-movements.projection.ts';
import { periodClosings } from './projections/periods.projection.ts';
import { statementsMade } from './projections/statements.projection.ts';
import { PaymentRow, StatementRow } from './projections/statements.table.ts';

/** Definition of settlement. */
export const settlementService: ServiceDefinition<SettlementEvent, undefined> = {
  catalogue: settlementCatalogue,
  projections: [accruals, periodClosings, statementsMade],
  foreignProjections: [foreignProjection(walletCatalogue, escrowMovements)],
  migrations: [SettlementProjections1764300000000, SignedAccruals1764300000040],
  entities: [StatementRow, PaymentRow],
  audit: {
    scope: 'settlement:audit:read',
    streamsOf: () => [],
    furtherStreams: `${acrossLanes} select statement_id as stream_id from statements where party_id = $1 order by statement_id desc`,
  },
  answers: settlementAnswers,
  api: settlementApi,
};

/**
 * Data definition for the command line, which rebuilds, restores and verifies without running the
 * service.
 */
export const definition = dataOf(settlementService);
