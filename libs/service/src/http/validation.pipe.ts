import type { ArgumentMetadata, StandardSchemaValidationPipeOptions } from '@nestjs/common';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { issueSentence } from '@tokengrid/contracts';
import { pointerToken } from './json-members.ts';
import type { FieldError, ProblemError } from './problem.ts';
import { invalidArgument } from './problem.ts';

/** Maximum number of errors that one answer lists. */
const maxErrors = 20;

/** A mismatch, in the form of Standard Schema. */
export type Issue = Parameters<NonNullable<StandardSchemaValidationPipeOptions['exceptionFactory']>>[0][number];

/** Mismatches on their way from Nest's pipe to ours. */
class Unfit extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super();
  }
}

/**
 * Nest's pipe, with the name of a mismatched path parameter, and without dropping members named
 * `constructor`, `prototype` and `__proto__` in silence: unknown fields are errors. Results of our
 * schemas have been copied member by member.
 */
class NamingValidationPipe extends StandardSchemaValidationPipe {
  protected override stripProtoKeys(): void {
    // Drops nothing; see above.
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      // Name of the checked parameter; absent for a whole body or query.
      const { data } = metadata;
      throw problemOfIssues(error.issues, data === undefined ? '' : `/${pointerToken(data)}`);
    }
  }
}

/**
 * Checks bodies, queries and parameters that have a `schema`; a mismatch is 400 `INVALID_ARGUMENT`
 * with a pointer per place.
 */
export function validationPipe(): StandardSchemaValidationPipe {
  return new NamingValidationPipe({ exceptionFactory: (issues) => new Unfit(issues) });
}

/**
 * 400 with a pointer per issue.
 * @param place pointer to the checked value; empty for a whole body or query
 */
export function problemOfIssues(issues: readonly Issue[], place: string): ProblemError {
  const errors = issues
    .flatMap(fieldErrorsOf)
    .map(({ pointer, detail }) => ({ pointer: place + pointer, detail }))
    .slice(0, maxErrors);
  const [first, ...others] = errors;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return invalidArgument(`${first!.pointer === '' ? 'the body' : first!.pointer}: ${first!.detail}${more}`, errors);
}

/**
 * Errors of one issue. Zod names all unknown members of an object in one issue; each gets a pointer
 * of its own.
 */
function fieldErrorsOf(issue: Issue): FieldError[] {
  const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const pointer = path.map((key) => `/${pointerToken(String(key))}`).join('');
  if ('keys' in issue && Array.isArray(issue.keys)) {
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${pointerToken(String(key))}`,
      detail: 'unknown field',
    }));
  }
  return [{ pointer, detail: issueSentence(issue.message) }];
}
