/**
 * Declaration of a code of the public surface: its sentence in answers, its meaning in documents,
 * and the remedy.
 *
 * Naming rule: `<SERVICE>.<REASON>` for refusals of one service (`WALLET.IN_DEBT`,
 * `APP_REGISTRY.SLUG_TAKEN`), and no prefix for codes of any service (`NOT_FOUND`).
 */
export interface CodeDeclaration {
  /** HTTP status; absent for a code that only events carry. */
  readonly status?: number;
  /**
   * Sentence for the caller; `{available}` stands for that member of the event's data. Absent if
   * each place has its own sentence.
   */
  readonly detail?: string;
  /** Field of the request, for a code answered as 400 `INVALID_ARGUMENT` with this pointer. */
  readonly pointer?: string;
  /** Cause and remedy, one or two sentences. */
  readonly meaning: string;
  /** Members of the answer beside the standard ones, as an example. */
  readonly members: Readonly<Record<string, unknown>>;
}

export type Codes = Readonly<Record<string, CodeDeclaration>>;

/** A code with one sentence for every answer. */
export const refused = (
  status: number,
  detail: string,
  meaning: string,
  members: CodeDeclaration['members'] = {},
): CodeDeclaration => ({ status, detail, meaning, members });

/** A code whose sentence depends on the place. */
export const anywhere = (
  status: number,
  meaning: string,
  members: CodeDeclaration['members'] = {},
): CodeDeclaration => ({ status, meaning, members });

/** A code that is never answered: its event has no waiting caller. */
export const inEvents = (meaning: string): CodeDeclaration => ({ meaning, members: {} });

/**
 * A code of a fault in a document: an item of a list, beside the pointer of its place.
 * @param detail sentence about the place, without a subject
 */
export const fault = (detail: string, meaning: string, members: CodeDeclaration['members'] = {}): CodeDeclaration => ({
  detail,
  meaning,
  members,
});

/**
 * A code of an event that is answered as 400 `INVALID_ARGUMENT`: only the state showed that the
 * field is invalid.
 */
export const argument = (pointer: string, detail: string, meaning: string): CodeDeclaration => ({
  pointer,
  detail,
  meaning,
  members: {},
});
