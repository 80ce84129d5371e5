import { createParamDecorator } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem, ProblemError } from './problem.ts';

/** One range of an `Accept` header: its media types and their quality. */
interface Range {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

const range = /^([!#$%&'*+.^_`|~\w-]+)\/([!#$%&'*+.^_`|~\w-]+)$/;
const qualityOf = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Media type with the highest quality by an `Accept` header (RFC 9110, 12.5.1), the first one among
 * equals. The most specific matching range sets the quality; malformed ranges, or a header of
 * nothing else, count as absent.
 */
export function preferredType(accept: string | undefined, offered: readonly string[]): string | undefined {
  const ranges = rangesOf(accept ?? '');
  if (ranges.length === 0) return offered[0];
  let best: { readonly type: string; readonly quality: number } | undefined;
  for (const type of offered) {
    const quality = welcomeOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

function rangesOf(accept: string): Range[] {
  // Parameters may contain quoted commas and semicolons; none of our media types is distinguished
  // by a parameter.
  const bare = accept.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return bare.split(',').flatMap((part): Range[] => {
    const [media = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const [, type, subtype] = range.exec(media) ?? [];
    if (type === undefined || subtype === undefined) return [];
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = weight === undefined ? '1' : qualityOf.exec(weight)?.[1];
    return quality === undefined ? [] : [{ type, subtype, quality: Number(quality) }];
  });
}

function welcomeOf(mediaType: string, ranges: readonly Range[]): number {
  const [ofType, ofSubtype] = mediaType.split('/');
  const fitting = [
    ranges.filter(({ type, subtype }) => type === ofType && subtype === ofSubtype),
    ranges.filter(({ type, subtype }) => type === ofType && subtype === '*'),
    ranges.filter(({ type, subtype }) => type === '*' && subtype === '*'),
  ].find((found) => found.length > 0);
  return Math.max(0, ...(fitting ?? []).map(({ quality }) => quality));
}

const json = ['application/json'];

/**
 * Chooses the media type of a read's answer. Writes are carried out in any case and answered in
 * JSON.
 * @throws ProblemError 406 if none of the offered types is accepted
 */
export function settleMediaType(request: FastifyRequest, reply: FastifyReply): void {
  const { url = '', config } = request.routeOptions;
  if (!url.startsWith('/v1/')) return;
  const { produces = json } = config;
  if (produces.length > 1) reply.header('vary', 'accept');
  const { accept } = request.headers;
  if (accept === undefined) return;
  request.answersIn = preferredType(accept, produces);
  if (request.answersIn !== undefined) return;
  throw new ProblemError(problem(406, 'NOT_ACCEPTABLE', `not acceptable: available as ${produces.join(' or ')}`));
}

/** Parameter decorator: the media type that the caller prefers among those of {@link Produces}. */
export const Accepted = createParamDecorator((_data: unknown, context): string => {
  const { answersIn, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
  return answersIn ?? routeOptions.config.produces?.[0] ?? json[0]!;
});
