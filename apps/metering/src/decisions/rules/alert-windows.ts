import { alertLatenessMs } from '../state/usage-alerts.ts';

/** A start and an end; epoch milliseconds. */
interface Window {
  readonly start: number;
  readonly end: number;
}

/**
 * True if a window may raise an alert now: it ends after the alert was set, ended not too long ago,
 * and does not begin more than a day ahead, where no use may be.
 */
export const isLookedAt = ({ start, end }: Window, since: number, now: number): boolean =>
  end > since && end + alertLatenessMs > now && start <= now + 24 * 60 * 60 * 1000;
