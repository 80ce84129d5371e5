import ts from 'typescript';
import { nodesOf, placeOf, type SourceFile } from './source-files.ts';

/** A place in the source with a code of the public surface. */
export interface StatedCode {
  readonly code: string;
  /** Status beside the code, if both are literals: `problem(409, 'WALLET.FROZEN', …)`. */
  readonly status: number | undefined;
  /** `path:line`. */
  readonly place: string;
}

const shape = /^[A-Z]{2,}([._][A-Z][A-Z0-9]*)*$/;
/** Node's own codes, with which our code compares. */
const foreign = /^(ERR_|HPE_|UND_|MODULE_NOT_FOUND$)/;

/** Functions that list codes for the OpenAPI documents, without answering them. */
const listing = ['Refuses'];

/**
 * Every literal that looks like one of our codes: words in capitals, joined by dots or underscores;
 * a single word only in `problem` or `code:`. Codes are found even if a decision states them and an
 * answer passes them on.
 */
export function codesIn(files: readonly SourceFile[]): readonly StatedCode[] {
  return files.flatMap((file) =>
    [...nodesOf(file.tree)].filter(ts.isStringLiteral).flatMap((literal) => {
      const { text, parent } = literal;
      if (!shape.test(text) || foreign.test(text)) return [];
      if (ts.isCallExpression(parent) && listing.includes(parent.expression.getText())) return [];
      const status = statusBeside(literal);
      const named = ts.isPropertyAssignment(parent) && parent.name.getText() === 'code';
      if (!/[._]/.test(text) && status === undefined && !named) return [];
      return [{ code: text, status, place: placeOf(file, literal) }];
    }),
  );
}

/** The status of `problem(<status>, <code>, …)`, or of a table's `<status>: <code>`. */
function statusBeside(literal: ts.StringLiteral): number | undefined {
  const { parent } = literal;
  if (ts.isPropertyAssignment(parent) && ts.isNumericLiteral(parent.name)) return Number(parent.name.text);
  if (!ts.isCallExpression(parent) || parent.expression.getText() !== 'problem') return undefined;
  const [status] = parent.arguments;
  return status && ts.isNumericLiteral(status) ? Number(status.text) : undefined;
}
