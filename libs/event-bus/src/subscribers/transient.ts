import { LaneStopped, LogUnavailable, Overloaded, StoreUnavailable, StreamUnreadable } from '@tokengrid/event-store';
import { NotYet } from '@tokengrid/kernel';
import { MarkMoved } from './subscriber-tables.ts';

/**
 * SQLSTATE classes of outages: connection, resources, operator intervention, system; and 40, a
 * transaction to retry.
 */
const outageStates = /^(08|40|53|55|57|58)/;
const outageCodes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/;

/** True if an error is transient: it is retried for ever, with back-off. */
export function isTransient(error: unknown): boolean {
  if (
    error instanceof NotYet ||
    error instanceof StoreUnavailable ||
    error instanceof Overloaded ||
    error instanceof LaneStopped ||
    error instanceof LogUnavailable ||
    error instanceof MarkMoved ||
    // A newer process, or this one once it is deployed, can decide it.
    (error instanceof StreamUnreadable && error.isNewer)
  ) {
    return true;
  }
  const { code, message = '' } = error as { code?: unknown; message?: string };
  if (typeof code === 'string' && (outageStates.test(code) || outageCodes.test(code))) return true;
  // Messages of `pg` without a code, for a connection that broke or could not be opened.
  return /^(Connection terminated|Query read timeout|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(
    message,
  );
}
