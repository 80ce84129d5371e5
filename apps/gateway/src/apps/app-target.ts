import { invalidArgument } from '@tokengrid/service';

/** Place that a request asks an app for. */
export interface AppTarget {
  /** Path below the app's endpoint, as it was sent; empty for the endpoint itself. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/** Scheme and authority of a target in absolute form, which servers accept (RFC 9112, 3.2.2). */
const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
/** Characters of a target that every server takes for the same: no fragment, nothing invisible. */
const wellFormed = /^[\x21\x22\x24-\x7e]*$/;
const placed = /^\/apps\/[^/]+(?<path>\/.*)?$/;
/** What some servers take for a slash. */
const separator = /[/\\]|%2f|%5c/i;
/** A segment that leads to another one; some servers ignore what follows a semicolon. */
const dots = /^(?:\.|%2e){1,2}(?:;.*)?$/i;

/**
 * Place that a request's target asks an app for. Its bytes go on as they are, so whatever servers
 * read in different ways is refused: it could lead out of the app's endpoint.
 * @param target of the request line
 * @throws ProblemError 400
 */
export function targetOf(target: string): AppTarget {
  if (!wellFormed.test(target)) throw invalidArgument('the URL has characters that must be percent-encoded');
  const [whole, query = ''] = splitOnce(target.replace(origin, ''), '?');
  const { path = '' } = placed.exec(whole)?.groups ?? {};
  if (/^(?:\/|\\|%2f|%5c){2}/i.test(path)) throw invalidArgument('the path below the app begins with two slashes');
  if (path.split(separator).some((segment) => dots.test(segment)))
    throw invalidArgument('the path has a segment "." or ".."');
  return { path, query };
}

function splitOnce(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
