import type { ServiceApi } from '@tokengrid/service';

/** Texts of settlement's OpenAPI document. */
export const settlementApi: ServiceApi = {
  about: 'Shares out the price of every use, closes periods into statements, and reconciles them with the wallet.',
  resources: {
    accruals: 'Earnings from charged uses',
    periods: 'Days that are settled, and their closing',
    statements: 'Payments to parties, by period',
    reconciliation: "Settlement's books beside the wallet's",
  },
  terms: {
    day: { description: "Day of the operator's time zone", example: '2026-01-31' },
    period: { description: 'Day of the period', example: '2026-01-31' },
    lateFor: { description: 'Day of the use, if already closed', example: '2026-01-30' },
    statementId: { description: 'Id of the statement', example: 'stm_01jzx0000000000000000000ab' },
    partyId: { description: 'Id of the party', example: 'org_01jzx0000000000000000000ab' },
    party: { description: 'Id of the party', example: 'org_01jzx0000000000000000000ab' },
    role: { description: 'Role of the party', example: 'developer' },
    uses: { description: 'Number of uses', example: 12 },
    lanes: { description: 'Lanes of the log', example: 12 },
    lanesCounted: { description: 'Lanes counted', example: 12 },
    statements: { description: 'Statements made', example: 3 },
    walletLane: { description: "Lane of the wallet's log", example: 3 },
    charges: { description: 'Charges in progress', example: 0 },
    payments: { description: 'Payments in progress', example: 0 },
    kind: { description: 'Kind of the break', example: 'amount-differs' },
    closingAt: { description: 'Start of the closing', example: '2026-02-01T00:10:00.000Z' },
    closedAt: { description: 'End of the closing', example: '2026-02-01T00:10:02.000Z' },
  },
};
