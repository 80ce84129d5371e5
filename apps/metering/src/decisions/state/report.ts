import type { MeteringEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** A report that came with an idempotency key. Its one event says all there is to it. */
export type Report = { readonly received: boolean };

function evolve(report: Report, event: MeteringEvent): Report {
  switch (event.type) {
    case 'ReportReceived':
      return { received: true };
    case 'UsageRated':
    case 'UsageParked':
    case 'UsageBilled':
    case 'UsageUncollected':
      return report;
  }
}

/** Streams named by `reportId`, which follows from the command's id. */
export const report: Aggregate<Report, MeteringEvent> = {
  name: 'report',
  stateVersion: 1,
  initial: { received: false },
  evolve,
};
