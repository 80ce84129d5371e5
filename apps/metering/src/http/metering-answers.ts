import type { MeteringEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';

const accepted = { status: 202, body: { accepted: 1, duplicates: 0, rejected: [] } };

/**
 * Answers of `GET /v1/commands/{id}` for a use or a report. `POST /v1/events` itself answers for
 * the whole report.
 */
export const meteringAnswers: Answers<MeteringEvent> = {
  ReportReceived: ({ data: { reportId, events, rejected } }) => ({ status: 202, body: { reportId, events, rejected } }),
  UsageRated: () => accepted,
  UsageParked: () => accepted,
  UsageBilled: 'silent',
  UsageUncollected: 'silent',
};
