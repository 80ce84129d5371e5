import { charactersIn, eventId, isBlank, type StoredEvent } from '@tokengrid/contracts';
import { skipEvent } from '@tokengrid/event-store';
import { type Command, InvalidArgumentError } from 'commander';
import type { Pool } from 'pg';
import { findConnections, withPool } from '../connections/connections.ts';
import { catalogueOf } from '../connections/known-services.ts';

interface SkipOptions {
  readonly lane: number;
  readonly sequence: number;
  readonly because: string;
}

const mostCharacters = 500;
const pollMs = 100;
/** Time within which a running service publishes. */
const publishedWithinMs = 5000;

/** `events skip <service>`. */
export function registerSkip(events: Command): void {
  events
    .command('skip')
    .description('skips an unreadable event; the skip is itself an event, and verify reports it')
    .argument('<service>', 'service of the event')
    .requiredOption('--lane <n>', 'its lane', lane)
    .requiredOption('--sequence <n>', 'its sequence', sequence)
    .requiredOption('--because <text>', 'reason; it stays in the topic for ever', reason)
    .addHelpText(
      'after',
      `
The service may run. Its streams, projections and policies, and those of other services, skip the event from then on.
Its effects are lost: money that it moved has to be corrected by other means.
An event that this release can read is never skipped.`,
    )
    .action(skip);
}

async function skip(service: string, options: SkipOptions): Promise<void> {
  const catalogue = catalogueOf(service);
  await withPool(findConnections().databaseOf(service), async (pool) => {
    const { skipped, by, already } = await skipEvent({ pool, catalogue, ...options });
    const what = `${eventId(skipped)} (${skipped.type} of ${skipped.streamId})`;
    console.log(`${what} ${already ? 'was skipped before' : 'is skipped'}: see ${eventId(by)}.`);
    if (!(await isPublished(pool, by))) console.log(`The skip is published as soon as ${service} runs.`);
  });
}

async function isPublished(pool: Pool, by: StoredEvent): Promise<boolean> {
  const deadline = performance.now() + publishedWithinMs;
  for (;;) {
    const { rows } = await pool.query<{ published: boolean }>(
      'select sequence >= $2 as published from relays where lane = $1',
      [by.lane, by.sequence],
    );
    if (rows[0]?.published === true) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

const lane = (text: string) => wholeNumber(text, 0);
const sequence = (text: string) => wholeNumber(text, 1);

function wholeNumber(text: string, least: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
  return number;
}

function reason(text: string): string {
  if (isBlank(text) || charactersIn(text) > mostCharacters)
    throw new InvalidArgumentError(`It must have 1 to ${mostCharacters} characters.`);
  return text;
}
