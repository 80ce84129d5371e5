/**
 * Code of the public surface, as it is declared once: what an answer says, what the documents say, and what to do about it.
 *
 * The rule for names: `<SERVICE>.<REASON>` for what one service alone refuses (`WALLET.IN_DEBT`, `APP_REGISTRY.SLUG_TAKEN`), and
 * no prefix for what any service may answer (`NOT_FOUND`).
 */
export interface CodeDeclaration {
  /** HTTP status that it comes with; none for a code that only events carry. */
  readonly status?: number;
  /**
   * Sentence that the caller reads; `{available}` stands for that member of the event's data. None where each place has words of
   * its own.
   */
  readonly detail?: string;
  /** Field of the request, of a code that is answered as 400 `INVALID_ARGUMENT` with this pointer. */
  readonly pointer?: string;
  /** Cause, and remedy; a sentence or two. */
  readonly meaning: string;
  /** Members of the answer beside the standard ones, as an example. */
  readonly members: Readonly<Record<string, unknown>>;
}

export type Codes = Readonly<Record<string, CodeDeclaration>>;

/** A code with one sentence wherever it is answered. */
export const refused = (
  status: number,
  detail: string,
  meaning: string,
  members: CodeDeclaration['members'] = {},
): CodeDeclaration => ({ status, detail, meaning, members });

/** A code that is answered in words of the place that answers it. */
export const anywhere = (
  status: number,
  meaning: string,
  members: CodeDeclaration['members'] = {},
): CodeDeclaration => ({ status, meaning, members });

/** A code that no caller hears: its event says why something happened that nobody waits for. */
export const inEvents = (meaning: string): CodeDeclaration => ({ meaning, members: {} });

/** A code of an event that its caller hears as 400 `INVALID_ARGUMENT`: only the state told that the field can't be so. */
export const argument = (pointer: string, detail: string, meaning: string): CodeDeclaration => ({
  pointer,
  detail,
  meaning,
  members: {},
});
