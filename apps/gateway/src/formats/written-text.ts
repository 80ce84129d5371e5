type Json = Readonly<Record<string, unknown>>;

/** Characters that are kept of one answer; a longer one is counted by its length. */
const mostCharacters = 8 * 2 ** 20;

/** Texts that a model wrote in one answer, one for each of its choices. */
export class WrittenText {
  private readonly texts = new Map<number, string>();
  private characters = 0;
  /** Bytes that are not kept. */
  unkeptBytes = 0;

  /** Adds the choices of a chunk, or of a whole answer. */
  add(json: Json | undefined): void {
    const choices = json?.['choices'];
    if (!Array.isArray(choices)) return;
    for (const choice of choices as readonly Json[]) {
      const { index, delta, message, text } = choice ?? {};
      const part = textOf((delta ?? message) as Json | undefined) + asText(text);
      if (part !== '') this.append(typeof index === 'number' ? index : 0, part);
    }
  }

  /** One text per choice, each to be counted as a whole. */
  get all(): readonly string[] {
    return [...this.texts.values()];
  }

  private append(choice: number, part: string): void {
    if (this.characters + part.length > mostCharacters) {
      this.unkeptBytes += Buffer.byteLength(part);
      return;
    }
    this.characters += part.length;
    this.texts.set(choice, (this.texts.get(choice) ?? '') + part);
  }
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a message or a part of it says: text, reasoning that is shown, and calls of tools. */
function textOf(message: Json | undefined): string {
  if (typeof message !== 'object' || message === null) return '';
  const { content, reasoning_content: thought, reasoning, tool_calls: calls, refusal } = message;
  const written = asText(thought) + (typeof thought === 'string' ? '' : asText(reasoning)) + asText(content);
  const called = Array.isArray(calls) ? (calls as readonly Json[]).map((call) => callText(call)).join('') : '';
  return written + asText(refusal) + called;
}

function callText(call: Json | null): string {
  const called = call?.['function'] as Json | null | undefined;
  return asText(called?.['name']) + asText(called?.['arguments']);
}
