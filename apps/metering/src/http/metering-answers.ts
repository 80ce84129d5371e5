import type { MeteringEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { corrected, ofParked, ofRated, ofRepeated } from './corrections/correction-answer.ts';
import { sourceOf } from './sources/source-answer.ts';
import { alertOf } from './usage-alerts/usage-alert-answer.ts';
import { worded } from '../flows/tally.ts';

const accepted = ({ data: { uses } }: { readonly data: { readonly uses: readonly unknown[] } }) => ({
  ...{ status: 202, body: { accepted: uses.length, duplicates: 0, rejected: [] } },
});

/**
 * Answers of `GET /v1/commands/{id}` for uses or a report. `POST /v1/events` itself answers for
 * the whole report.
 */
export const meteringAnswers: Answers<MeteringEvent> = {
  ReportReceived: ({ data: { reportId, events, rejected } }) => ({
    status: 202,
    body: { reportId, events, rejected: rejected.map(worded) },
  }),
  UsageRated: accepted,
  UsageParked: accepted,
  // Of the gateway's commands, which no caller waits for.
  SliceOffered: 'silent',
  SliceRefused: 'silent',
  SliceReported: 'silent',
  SliceRecalled: 'silent',
  SliceClosed: 'silent',
  UsageCorrected: ({ data }) => corrected(ofRated(data)),
  ParkedUseCorrected: ({ data }) => corrected(ofParked(data)),
  CorrectionRepeated: ({ data }) => corrected(ofRepeated(data)),
  CorrectionRefused: refusalOf,
  SourceSet: ({ data, time }) => ({ status: 200, body: sourceOf({ ...data, setAt: time }) }),
  SourceRemoved: () => ({ status: 204 }),
  UsageAlertSet: ({ data }) => ({ status: 200, body: alertOf(data) }),
  UsageAlertRemoved: () => ({ status: 204 }),
  UsageAlertRefused: refusalOf,
  // Of the clock's commands.
  UsageAlertRaised: 'silent',
};
