import type { GatewayEvent, MeteringEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { ensure } from '@tokengrid/simulation-kit';

/** Time before the end of a slice from which on nothing begins on it. */
const stopBeforeMs = 2000;

/** A slice by metering's events alone. */
interface Slice {
  number: number;
  report: number;
  closesAt: number;
  isRecalled: boolean;
  isClosed: boolean;
}

/** Requests and reports are answered once, in their order; slices are closed once. */
export class Reports {
  private readonly slices = new Map<string, Slice>();
  /** Latest end that each slice was offered, in milliseconds since 1970. */
  private readonly validUntil = new Map<string, number>();
  private readonly ends = new Map<string, number>();
  /** Number of the last report that each slice was given back with. */
  private readonly returned = new Map<string, number>();

  ofGateway({ type, data }: Recorded<GatewayEvent>): void {
    if (type === 'SliceReturned') this.returned.set(data.sliceId, data.reports);
    if (type !== 'UsesServed') return;
    const until = (this.validUntil.get(data.sliceId) ?? 0) - stopBeforeMs;
    for (const { eventId, time } of data.uses) {
      ensure(Date.parse(time) < until, () => `${eventId} begins on ${data.sliceId} after its end`);
    }
  }

  /** End of the grace that a request was offered. */
  endOf(sliceId: string, number: number): number | undefined {
    return this.ends.get(`${sliceId} ${number}`);
  }

  /** True until a slice is closed. */
  isOpen(sliceId: string): boolean {
    return this.slices.get(sliceId)?.isClosed === false;
  }

  ofMetering(event: Recorded<MeteringEvent>): void {
    switch (event.type) {
      case 'SliceOffered': {
        const { sliceId, number, validUntil, graceMs } = event.data;
        const slice = this.slices.get(sliceId);
        ensure(number === (slice?.number ?? 0) + 1, () => `${sliceId}: request ${number} is answered out of turn`);
        ensure(!slice?.isClosed && !slice?.isRecalled, () => `${sliceId} is renewed, though it is over`);
        this.validUntil.set(sliceId, Date.parse(validUntil));
        const closesAt = Date.parse(validUntil) + graceMs;
        this.ends.set(`${sliceId} ${number}`, closesAt);
        if (slice) Object.assign(slice, { number, closesAt });
        else this.slices.set(sliceId, { number, report: 0, closesAt, isRecalled: false, isClosed: false });
        return;
      }
      case 'SliceRefused': {
        const slice = this.slices.get(event.data.sliceId);
        if (slice) slice.number = Math.max(slice.number, event.data.number);
        return;
      }
      case 'SliceRecalled':
        for (const sliceId of event.data.sliceIds) {
          ensure(!this.slices.get(sliceId)!.isRecalled, () => `${sliceId} is called back twice`);
          this.slices.get(sliceId)!.isRecalled = true;
        }
        return;
      case 'UsageRated':
        for (const number of new Set(event.data.uses.map(({ slice }) => slice?.report))) {
          const of = event.data.uses.find(({ slice }) => slice?.report === number)?.slice;
          if (of) this.reported(of.sliceId, of.report, event.time);
        }
        return;
      case 'SliceReported':
        return this.reported(event.data.sliceId, event.data.report, event.time);
      case 'SliceClosed': {
        const { sliceId, reports, reason } = event.data;
        const slice = this.slices.get(sliceId)!;
        ensure(!slice.isClosed, () => `${sliceId} is closed twice`);
        slice.isClosed = true;
        if (slice.closesAt <= event.time) return;
        ensure(reason !== 'expired', () => `${sliceId} expires before its end`);
        const last = this.returned.get(sliceId) ?? 0;
        if (reason === 'returned') ensure(reports === last, () => `${sliceId} has ${last} reports, and not ${reports}`);
        return;
      }
      default:
        return;
    }
  }

  private reported(sliceId: string, report: number, time: number): void {
    const slice = this.slices.get(sliceId);
    if (!slice || slice.isClosed) return;
    const isNext = report === slice.report + 1 || slice.closesAt <= time;
    ensure(isNext, () => `${sliceId}: report ${report} follows report ${slice.report}`);
    slice.report = report;
  }
}
