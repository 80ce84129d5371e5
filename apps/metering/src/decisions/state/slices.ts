import type {
  CountedIn,
  EventOf,
  OfReport,
  SliceClosed,
  SliceOffered,
  SliceRecalled,
  SliceRefused,
} from '@tokengrid/contracts';
import { periodKey, type WithPeriods, withUses } from './periods.ts';

/** Free units of a subscription's period that are set aside for a slice: it has not used them. */
export interface SetAside extends Pick<CountedIn, 'subscriptionId' | 'from' | 'until'> {
  readonly priceVersion: string;
  /** Units × 10^6 by meter. */
  readonly units: ReadonlyMap<string, bigint>;
  /** Time and name by which they are counted. */
  readonly time: number;
  readonly key: string;
}

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
  /** What is set aside for it, by period. */
  readonly aside: readonly SetAside[];
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
export function withOffer<P extends WithSlices & WithPeriods>(payer: P, offered: Offered): P {
  const { sliceId, gatewayId, epoch, key, number, validUntil, graceMs, setAside = [] } = offered;
  const { report, lastCharged, aside } = openSlice(payer, sliceId) ?? { report: 0, lastCharged: 0, aside: [] };
  const closesAt = Date.parse(validUntil) + graceMs;
  const of = { sliceId, gatewayId, epoch, key, number, report, lastCharged, closesAt, recalled: false };
  const slice = { ...of, aside: setAside.reduce<readonly SetAside[]>(withMoreAside, aside) };
  const slices = [...payer.slices.filter((each) => each.sliceId !== sliceId), slice];
  return withStated({ ...payer, slices }, setAside);
}

type StatedAside = NonNullable<Offered['setAside']>[number];

function withMoreAside(aside: readonly SetAside[], stated: StatedAside): readonly SetAside[] {
  const { subscriptionId, from, until, priceVersion, change } = stated;
  const before = aside.find((each) => periodKey(each) === periodKey(stated));
  const units = new Map(before?.units);
  for (const { meter, value } of change.counted) units.set(meter, (units.get(meter) ?? 0n) + value);
  const { time, key } = change.counted[0]!;
  const more = { subscriptionId, from, until, priceVersion, units, time, key };
  return [...aside.filter((each) => each !== before), more];
}

/** The payer after its periods were changed by what slices set aside. */
const withStated = <P extends WithPeriods>(payer: P, stated: readonly StatedAside[]): P =>
  withUses(
    payer,
    stated.map(({ priceVersion, ...counted }) => ({ time: counted.from, priceVersion, counted })),
  );

/** What is set aside for a slice in a period. */
export function asideIn(payer: Partial<WithSlices>, sliceId: string, period: string): SetAside | undefined {
  const slice = payer.slices?.find((each) => each.sliceId === sliceId);
  return slice?.aside.find((each) => periodKey(each) === period);
}

/** The payer after uses took the place of what was set aside for their slices. */
export function withTaken<P extends WithSlices>(
  payer: P,
  uses: readonly { readonly counted?: CountedIn | undefined }[],
): P {
  const counts = uses.flatMap(({ counted }) => (counted && counted.change.takenBack.length > 0 ? [counted] : []));
  if (counts.length === 0 || !payer.slices.some(({ aside }) => aside.length > 0)) return payer;
  const lessTaken = (aside: SetAside): SetAside => {
    const units = new Map(aside.units);
    const taken = counts.filter((counted) => periodKey(counted) === periodKey(aside));
    for (const { key, meter, value } of taken.flatMap(({ change }) => change.takenBack)) {
      if (key === aside.key) units.set(meter, (units.get(meter) ?? 0n) - value);
    }
    return { ...aside, units };
  };
  return changed(payer, (slice) => ({ ...slice, aside: slice.aside.map(lessTaken) }));
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
export const withoutSlice = <P extends WithSlices & WithPeriods>(
  payer: P,
  { sliceId, unused = [] }: EventOf<typeof SliceClosed>['data'],
): P => withStated({ ...payer, slices: payer.slices.filter((slice) => slice.sliceId !== sliceId) }, unused);
