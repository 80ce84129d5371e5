import { operatorApiKey } from './run-jars.ts';

/** An answer, read. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Sends a request as the operator, unless other headers say otherwise; reads the answer as JSON. */
export async function call(
  url: string,
  method = 'GET',
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${operatorApiKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Answered['body']),
  };
}

/** What specs compare of a problem. */
export function told({ status, body }: Answered) {
  return {
    status,
    code: body['code'],
    detail: body['detail'],
    ...(body['errors'] !== undefined && { errors: body['errors'] }),
  };
}
