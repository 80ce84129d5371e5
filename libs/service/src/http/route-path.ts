import type { FastifyRequest } from 'fastify';

/**
 * Maximum length of a parameter in a path, in UTF-16 units after decoding. Longer than any
 * parameter may be, so that a schema refuses what is too long, at its place.
 */
export const maxPathParameterLength = 1024;

/** A piece of a route's pattern: literal text, or the name of a parameter. */
type Piece = { readonly text: string } | { readonly parameter: string };

const patterns = new Map<string, readonly Piece[]>();

/**
 * Canonical path of a route with its parameters, however a client or proxy encoded it: parameters
 * are percent-encoded as by `encodeURIComponent`, and nothing else is.
 */
export function routePathOf({ routeOptions, params }: Pick<FastifyRequest, 'routeOptions' | 'params'>): string {
  const { url = '' } = routeOptions;
  let pieces = patterns.get(url);
  if (!pieces) patterns.set(url, (pieces = piecesOf(url)));
  const values = new Map(Object.entries(params as Readonly<Record<string, string>>));
  return pieces
    .map((piece) => ('text' in piece ? piece.text : encodeURIComponent(values.get(piece.parameter) ?? '')))
    .join('');
}

/** @param url in Fastify's notation: a parameter is `:name`, a literal colon is doubled */
function piecesOf(url: string): Piece[] {
  return url.split(/(::|:[A-Za-z]+)/).map((part, place): Piece => {
    if (place % 2 === 0) return { text: part };
    return part === '::' ? { text: ':' } : { parameter: part.slice(1) };
  });
}
