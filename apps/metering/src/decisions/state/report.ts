import type { EventsOf, MeteringEvent, reportEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** A report with an idempotency key. Its one event is its whole state. */
export type Report = { readonly received: boolean };

function evolve(_report: Report, event: EventsOf<typeof reportEvents>): Report {
  switch (event.type) {
    case 'ReportReceived':
      return { received: true };
  }
}

/** Streams named by `reportId`, which derives from the command's id. */
export const report: Aggregate<Report, MeteringEvent> = {
  name: 'report',
  stateVersion: 1,
  initial: { received: false },
  evolve,
};
