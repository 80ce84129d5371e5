import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ProblemError } from './problem.ts';
import { validationPipe } from './validation.pipe.ts';

/** Error messages for a value that does not fit. */
async function told(value: unknown, metadata: Parameters<ReturnType<typeof validationPipe>['transform']>[1]) {
  const error: unknown = await validationPipe()
    .transform(value, metadata)
    .catch((reason: unknown) => reason);
  return error instanceof ProblemError ? error.problem : error;
}

describe('what does not fit its schema', () => {
  it('is named by its place in a body', async () => {
    const schema = z.strictObject({ tokens: z.string() });
    expect(await told({ tokens: 5, fee: 1 }, { type: 'body', schema })).toMatchObject({
      status: 400,
      code: 'INVALID_ARGUMENT',
      extra: {
        errors: [
          { pointer: '/tokens', detail: 'must be a string, not a number' },
          { pointer: '/fee', detail: 'unknown field' },
        ],
      },
    });
  });

  it('is named by its parameter in a path', async () => {
    const detail = 'must be a day';
    const schema = z.iso.date(detail);
    expect(await told('today', { type: 'param', data: 'day', schema })).toMatchObject({
      detail: `/day: ${detail}`,
      extra: { errors: [{ pointer: '/day', detail }] },
    });
  });
});
