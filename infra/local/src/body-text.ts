import type { IncomingMessage } from 'node:http';

/** The whole body of a request. @throws Error for one of more bytes than `most` */
export async function bodyText(request: IncomingMessage, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) throw new Error('the body is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
