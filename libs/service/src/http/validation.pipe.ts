import type { StandardSchemaValidationPipeOptions } from '@nestjs/common';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { pointerToken } from './json-body.ts';
import type { FieldError, ProblemError } from './problem.ts';
import { invalidArgument } from './problem.ts';

/** Most places that one answer lists. */
const maxErrors = 20;

type Issue = Parameters<NonNullable<StandardSchemaValidationPipeOptions['exceptionFactory']>>[0][number];

/** Checks bodies, queries and parameters that have a `schema`; what does not fit is 400 `INVALID_ARGUMENT` with a pointer per place. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({ exceptionFactory: problemOfIssues });
}

function problemOfIssues(issues: readonly Issue[]): ProblemError {
  const errors = issues.flatMap(fieldErrorsOf).slice(0, maxErrors);
  const [first, ...others] = errors;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return invalidArgument(`${first!.pointer === '' ? 'the body' : first!.pointer}: ${first!.detail}${more}`, errors);
}

/** Zod names all unknown members of an object in one issue, at the object; each gets a pointer of its own. */
function fieldErrorsOf(issue: Issue): FieldError[] {
  const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const pointer = path.map((key) => `/${pointerToken(String(key))}`).join('');
  if ('keys' in issue && Array.isArray(issue.keys)) {
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${pointerToken(String(key))}`,
      detail: 'is not a known field',
    }));
  }
  return [{ pointer, detail: issue.message.replace(/^Invalid input: /, '') }];
}
