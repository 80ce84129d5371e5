import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export { type BorrowedKafka, borrowKafka, type BorrowedPostgres, borrowPostgres } from './lending/borrow.ts';
export { ModelServer, type Script } from './model-server/model-server.ts';
export { PaymentSandbox } from './payment-sandbox/payment-sandbox.ts';

const pollMs = 20;

/** Resolves with the elapsed milliseconds once the condition holds; rejects after `timeoutMs`. */
export async function eventually(holds: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<number> {
  const begun = Date.now();
  while (!(await holds())) {
    if (Date.now() - begun > timeoutMs) throw new Error(`did not hold within ${timeoutMs} ms: ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return Date.now() - begun;
}

/** An empty home of its own for a test. */
export function temporaryHome(): string {
  return mkdtempSync(join(tmpdir(), 'tokengrid-home-'));
}
