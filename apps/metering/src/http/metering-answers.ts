import type { MeteringEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';

const accepted = { status: 202, body: { accepted: 1, duplicates: 0, rejected: [] } };

/** What `GET /v1/commands/{id}` says of a use or a report. `POST /v1/events` itself answers with what became of the whole report. */
export const meteringAnswers: Answers<MeteringEvent> = {
  ReportReceived: ({ data: { reportId, events, rejected } }) => ({ status: 202, body: { reportId, events, rejected } }),
  UsageRated: () => accepted,
  UsageParked: () => accepted,
  UsageBilled: 'silent',
  UsageUncollected: 'silent',
};
