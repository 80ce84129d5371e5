import type { EventOf, OfReport, SliceClosed, SliceOffered, SliceRecalled, SliceRefused } from '@tokengrid/contracts';

/** An open slice of a payer, at one process of the gateway. */
export interface OpenSlice {
  readonly sliceId: string;
  readonly gatewayId: string;
  readonly epoch: number;
  /** The payer's key whose caps bind it. */
  readonly key?: string | undefined;
  /** The last request of it that was answered. */
  readonly number: number;
  /** The last report of it that was rated. */
  readonly report: number;
  /** The last report of which a use costs something. */
  readonly lastCharged: number;
  /** End of its grace, after which it is closed; epoch milliseconds. */
  readonly closesAt: number;
  readonly recalled: boolean;
}

/** A payer with its open slices, the oldest first; at most `mostOpenSlices`. */
export interface WithSlices {
  readonly slices: readonly OpenSlice[];
}

/** The open slice of an id. */
export const openSlice = ({ slices }: WithSlices, sliceId: string): OpenSlice | undefined =>
  slices.find((slice) => slice.sliceId === sliceId);

type Offered = EventOf<typeof SliceOffered>['data'];

/** The payer after terms were stated for a new slice, or for a renewal. */
export function withOffer<P extends WithSlices>(payer: P, offered: Offered): P {
  const { sliceId, gatewayId, epoch, key, number, validUntil, graceMs } = offered;
  const { report, lastCharged } = openSlice(payer, sliceId) ?? { report: 0, lastCharged: 0 };
  const closesAt = Date.parse(validUntil) + graceMs;
  const slice = { sliceId, gatewayId, epoch, key, number, report, lastCharged, closesAt, recalled: false };
  return { ...payer, slices: [...payer.slices.filter((each) => each.sliceId !== sliceId), slice] };
}

/** The payer after changes of some of its slices. */
function changed<P extends WithSlices>(payer: P, change: (slice: OpenSlice) => OpenSlice): P {
  return { ...payer, slices: payer.slices.map(change) };
}

/** The payer after a request of one of its slices was refused, which counts as answered. */
export const withRefusal = <P extends WithSlices>(
  payer: P,
  { sliceId, number }: EventOf<typeof SliceRefused>['data'],
): P => changed(payer, (slice) => (slice.sliceId === sliceId && slice.number < number ? { ...slice, number } : slice));

/** The payer after a report of one of its slices, of which something is charged or nothing. */
export const withReport = <P extends WithSlices>(payer: P, { sliceId, report }: OfReport, isCharged: boolean): P =>
  changed(payer, (slice) =>
    slice.sliceId === sliceId
      ? {
          ...slice,
          report: Math.max(slice.report, report),
          lastCharged: isCharged ? Math.max(slice.lastCharged, report) : slice.lastCharged,
        }
      : slice,
  );

/** The payer after uses were rated or parked: the reports that they were served in are known. */
export function withReports<P extends WithSlices>(
  payer: P,
  uses: readonly { readonly slice?: OfReport | undefined; readonly tokens?: bigint }[],
): P {
  if (payer.slices.length === 0) return payer;
  return uses.reduce(
    (before, { slice, tokens = 0n }) => (slice ? withReport(before, slice, tokens > 0n) : before),
    payer,
  );
}

/** The payer after some of its slices were called back. */
export const withRecall = <P extends WithSlices>(payer: P, { sliceIds }: EventOf<typeof SliceRecalled>['data']): P =>
  changed(payer, (slice) => (sliceIds.includes(slice.sliceId) ? { ...slice, recalled: true } : slice));

/** The payer without a slice that ended. */
export const withoutSlice = <P extends WithSlices>(payer: P, { sliceId }: EventOf<typeof SliceClosed>['data']): P => ({
  ...payer,
  slices: payer.slices.filter((slice) => slice.sliceId !== sliceId),
});
