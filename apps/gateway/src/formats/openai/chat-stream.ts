import type { StreamForm } from '../asked.ts';
import { membersOf } from '../json-object.ts';
import type { ReadEvent } from '../read-event.ts';

/** What the caller did not ask for, and the gateway did. */
export interface HiddenUsage {
  /** The chunk that has usage alone. */
  readonly hidesUsage: boolean;
  /** Usage in chunks that have more. */
  readonly hidesRunningUsage: boolean;
}

/** A chat's stream, passed on as it came but for usage that the caller did not ask for. */
export class ChatStream implements StreamForm {
  constructor(private readonly hidden: HiddenUsage) {}

  pass(event: ReadEvent): Uint8Array | string | undefined {
    if (event.usage === undefined) return event.bytes;
    if (event.hasUsageAlone) return this.hidden.hidesUsage ? undefined : event.bytes;
    return this.hidden.hidesRunningUsage ? withoutUsage(event.data!) : event.bytes;
  }

  last(): string {
    return 'data: [DONE]\n\n';
  }
}

/** An event whose usage is null, as in chunks before the last one. */
function withoutUsage(data: string): string {
  const { valueBegin, end } = membersOf(data).find(({ name }) => name === 'usage')!;
  const text = `${data.slice(0, valueBegin)}null${data.slice(end)}`;
  return `data: ${text.replaceAll('\n', '\ndata: ')}\n\n`;
}
