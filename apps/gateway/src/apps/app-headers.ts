import { type IncomingHttpHeaders, validateHeaderValue } from 'node:http';

/** Headers of a request that go on to an app. */
const forwarded = new Set([
  ...['accept', 'accept-encoding', 'accept-language', 'cache-control', 'content-disposition', 'content-encoding'],
  ...['content-language', 'content-length', 'content-md5', 'content-range', 'content-type', 'date', 'depth'],
  ...['destination', 'digest', 'idempotency-key', 'if', 'if-match', 'if-modified-since', 'if-none-match', 'if-range'],
  ...['if-unmodified-since', 'last-event-id', 'lock-token', 'max-forwards', 'origin', 'overwrite', 'pragma', 'prefer'],
  ...['priority', 'range', 'sec-websocket-extensions', 'sec-websocket-key', 'sec-websocket-protocol'],
  ...['sec-websocket-version', 'signature', 'signature-input', 'content-digest', 'timeout', 'traceparent'],
  ...['tracestate', 'user-agent', 'x-correlator', 'x-http-method-override', 'x-requested-with'],
]);
/** Beginnings of headers that apps and their protocols define: `x-app-locale`, `mcp-session-id`. */
const forwardedPrefix = /^(?:x-app-|mcp-|a2a-|ce-)/;

/** Headers of one connection (RFC 9110, 7.6.1). */
const hopByHop = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade'],
];
/**
 * Headers of an answer that would hold for other apps, too: all of them have the gateway's origin.
 * Cookies are among them: `Path` keeps no other app from reading or setting one.
 */
const ofTheOrigin = [
  ...['set-cookie', 'set-cookie2', 'clear-site-data', 'strict-transport-security', 'public-key-pins', 'alt-svc'],
  ...['service-worker-allowed', 'origin-agent-cluster', 'nel', 'report-to', 'reporting-endpoints', 'expect-ct'],
];
/** Headers of an answer that the gateway states. */
const stated = ['x-request-id', 'x-correlator', 'x-tokengrid-charge', 'x-tokengrid-remaining', 'x-tokengrid-route'];
const kept = new Set([...hopByHop, ...ofTheOrigin, ...stated]);

/**
 * Headers of a request that go on to an app: an allow-list, so that no key and no cookie of the
 * caller is among them.
 * @param more names beside the usual ones, in lower case
 */
export function requestHeaders(
  headers: IncomingHttpHeaders,
  more: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const ofConnection = namedBy(headers.connection);
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string' || ofConnection.has(name)) continue;
    if (forwarded.has(name) || forwardedPrefix.test(name) || more.has(name)) passed[name] = value;
  }
  return passed;
}

/**
 * Headers of an app's answer that go on to the caller, names and values in turn, as they came.
 * @param rawHeaders names and values in turn
 */
export function answerHeaders(rawHeaders: readonly string[]): string[] {
  const pairs = Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index]!,
    rawHeaders[2 * index + 1]!,
  ]);
  const ofConnection = namedBy(
    ...pairs.flatMap(([name, value]) => (name!.toLowerCase() === 'connection' ? [value] : [])),
  );
  return pairs.flatMap(([name, value]) => {
    const lower = name!.toLowerCase();
    return kept.has(lower) || ofConnection.has(lower) || !isSendable(name!, value!) ? [] : [name!, value!];
  });
}

/** Names of headers that a connection has for itself. */
const namedBy = (...connection: readonly (string | undefined)[]): ReadonlySet<string> =>
  new Set(connection.flatMap((value) => (value ?? '').split(',')).map((name) => name.trim().toLowerCase()));

function isSendable(name: string, value: string): boolean {
  try {
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
