import { type EventOf, ReportReceived } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import type { Report } from '../state/report.ts';

/** Number of a report's events, and its rejected ones. */
export type ReceiveReport = EventOf<typeof ReportReceived>['data'];

/**
 * Records a report with an idempotency key, before its usage: a repeat with another body is refused
 * before it has any effect, and a repeat with the same one gets the same rejections.
 */
export function receiveReport(report: Report, data: ReceiveReport): Decided {
  if (report.received) throw new Error(`report ${data.reportId} was received under another command`);
  return [ReportReceived(data)];
}
