/** A failure reported as a sentence for the person at the terminal, without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Codes of outages in `pg` and Node. */
const refusedCodes: readonly unknown[] = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '57P03'];

/** An error as one sentence, with the remedy if it is known. */
export function sentenceOf(error: unknown): string {
  const { name, message, code } = error as { name?: string; message?: string; code?: unknown };
  if (name === 'LogUnavailable') return `Kafka is unreachable: ${message}. Is the stack running (\`npm run up\`)?`;
  if (refusedCodes.includes(code))
    return `Postgres is unreachable: ${message || String(code)}. Is the stack running (\`npm run up\`)?`;
  if (code === '42P01')
    return `${message}: this database has not been migrated. Start the service once, or \`tokengrid restore\` it.`;
  if (code === '3D000') return `${message}. Start the stack once, or \`tokengrid restore\` the service.`;
  return message || String(error);
}
