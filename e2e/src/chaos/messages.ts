import type { Outcome } from '@tokengrid/event-store';
import type { Fault } from './fault-points.ts';
import type { PurseEvent } from './purse-domain.ts';
import type { PurseCommand, PurseServiceOptions } from './purse-service.ts';

/** What a purse process is started with: its first argument, as JSON. */
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
  /** Whether each batch goes to the log twice. */
  readonly appendsTwice?: boolean;
  /** How far this process' clock is off. */
  readonly clockSkewMs?: number;
}

/** What the test tells a purse process. */
export type Request =
  | { readonly kind: 'command'; readonly command: PurseCommand }
  | { readonly kind: 'arm'; readonly fault: Fault }
  | { readonly kind: 'disarm' }
  | { readonly kind: 'step-clock'; readonly toMs: number }
  | { readonly kind: 'problems' }
  | { readonly kind: 'passed-over' };

/** What it answers. */
export type Answer =
  | { readonly kind: 'outcome'; readonly outcome: Outcome<PurseEvent> }
  | { readonly kind: 'failure'; readonly name: string; readonly message: string }
  | { readonly kind: 'sentences'; readonly sentences: readonly string[] }
  /** The process is gone, or its answer got lost with it. */
  | { readonly kind: 'lost' };

export interface TicketedRequest {
  readonly ticket: number;
  readonly request: Request;
}

/** A process that takes commands says under which name it holds leases. */
export type FromProcess = { readonly holder: string } | { readonly ticket: number; readonly answer: Answer };
