import { operatorApiKey } from './run-jars.ts';

/** An answer, read. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Headers by name; `undefined` removes a default header. */
export type SomeHeaders = Readonly<Record<string, string | undefined>>;

/** Sends a request, as the operator unless headers say otherwise; parses the answer as JSON. */
export async function call(url: string, method = 'GET', body?: unknown, headers: SomeHeaders = {}): Promise<Answered> {
  const sent: SomeHeaders = {
    authorization: `Bearer ${operatorApiKey}`,
    'content-type': body === undefined ? undefined : 'application/json',
    ...headers,
  };
  const response = await fetch(url, {
    method,
    headers: Object.entries(sent).filter((header): header is [string, string] => header[1] !== undefined),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Answered['body']),
  };
}

/** Fields of a problem that specs compare. */
export function told({ status, body }: Answered) {
  return {
    status,
    code: body['code'],
    detail: body['detail'],
    ...(body['errors'] !== undefined && { errors: body['errors'] }),
  };
}
