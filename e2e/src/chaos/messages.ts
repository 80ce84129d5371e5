import type { Outcome } from '@tokengrid/event-store';
import type { Fault } from './fault-points.ts';
import type { PurseEvent } from './purse-domain.ts';
import type { PurseCommand, PurseServiceOptions } from './purse-service.ts';

/** Configuration of a purse process: its first argument, as JSON. */
export interface PurseProcessConfig extends Pick<
  PurseServiceOptions,
  | 'service'
  | 'databaseUrl'
  | 'brokers'
  | 'replicationFactor'
  | 'lanes'
  | 'limits'
  | 'writes'
  | 'reads'
  | 'policyFailsFor'
> {
  /** True if each batch is appended twice. */
  readonly appendsTwice?: boolean;
  /** Offset of this process' clock. */
  readonly clockSkewMs?: number;
}

/** Request of the test to a purse process. */
export type Request =
  | { readonly kind: 'command'; readonly command: PurseCommand }
  | { readonly kind: 'arm'; readonly fault: Fault }
  | { readonly kind: 'disarm' }
  | { readonly kind: 'step-clock'; readonly toMs: number }
  | { readonly kind: 'problems' }
  | { readonly kind: 'passed-over' };

/** Answer of a purse process. */
export type Answer =
  | { readonly kind: 'outcome'; readonly outcome: Outcome<PurseEvent> }
  | { readonly kind: 'failure'; readonly name: string; readonly message: string }
  | { readonly kind: 'sentences'; readonly sentences: readonly string[] }
  /** The process is gone, and its answer is lost. */
  | { readonly kind: 'lost' };

export interface TicketedRequest {
  readonly ticket: number;
  readonly request: Request;
}

/** A process that accepts commands reports the name under which it holds leases. */
export type FromProcess = { readonly holder: string } | { readonly ticket: number; readonly answer: Answer };
