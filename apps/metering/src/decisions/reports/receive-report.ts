import { type EventOf, type MeteringEvent, ReportReceived } from '@tokengrid/contracts';
import type { Report } from '../state/report.ts';

/** What a report holds, and which of its events were rejected. */
export type ReceiveReport = EventOf<typeof ReportReceived>['data'];

/**
 * Records a report that came with an idempotency key, before the usage in it: a repeat with another
 * body is refused before it can have any effect, and a repeat with the same one is told of the same
 * rejections.
 */
export function receiveReport(report: Report, data: ReceiveReport): readonly MeteringEvent[] {
  if (report.received) throw new Error(`report ${data.reportId} was received under another command`);
  return [ReportReceived(data)];
}
