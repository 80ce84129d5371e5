import type { Hmac } from 'node:crypto';

/** Length from which a piece is hashed by itself and not copied, in UTF-16 units. */
const longPiece = 65_536;

/**
 * Adds a body to a hash by its content: JSON with other white space, escapes or order of members is
 * the same. Bytes that are no JSON are added as they are. A text of an image is never copied: a
 * body may have 20 MiB.
 */
export function addContent(hmac: Hmac, body: Buffer): Hmac {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return hmac.update(body);
  }
  const pieces = new Pieces(hmac);
  addValue(pieces, value);
  pieces.flush();
  return hmac;
}

/** Texts on their way into a hash, short ones together. */
class Pieces {
  private pending = '';

  constructor(private readonly hmac: Hmac) {}

  add(piece: string): void {
    if (piece.length >= longPiece) {
      this.flush();
      this.hmac.update(piece);
      return;
    }
    this.pending += piece;
    if (this.pending.length >= longPiece) this.flush();
  }

  flush(): void {
    this.hmac.update(this.pending);
    this.pending = '';
  }
}

/** Texts go with their lengths, so that no content can look like another. */
function addValue(pieces: Pieces, value: unknown): void {
  if (typeof value === 'string') return addText(pieces, value);
  if (typeof value !== 'object' || value === null) return pieces.add(`${String(value)};`);
  if (Array.isArray(value)) {
    pieces.add(`[${value.length}:`);
    for (const item of value) addValue(pieces, item);
    return;
  }
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  pieces.add(`{${members.length}:`);
  for (const [name, member] of members) {
    addText(pieces, name);
    addValue(pieces, member);
  }
}

function addText(pieces: Pieces, text: string): void {
  pieces.add(`"${text.length}:`);
  pieces.add(text);
}
