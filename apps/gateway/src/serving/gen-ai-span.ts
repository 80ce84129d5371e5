import { cutTo } from '@tokengrid/contracts';
import { noSpan, type Span, type TraceHeaders, type Tracing } from '@tokengrid/service';
import type { Asked } from '../formats/asked.ts';
import type { ReadEvent } from '../formats/read-event.ts';
import type { Usage } from '../formats/usage.ts';
import type { ModelOffer } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

/** Names of operations by what their answers consist of. */
const operations = { text: 'chat', vectors: 'embeddings', images: 'generate_content' } as const;
/** Maximum length of a name that a provider states, in characters. */
const mostCharacters = 200;

/**
 * Span of a request to a provider, by OpenTelemetry's conventions for generative AI. It has no
 * prompt and no answer.
 */
export class GenAiSpan {
  private readonly begunAt = performance.now();
  private readonly finishReasons: string[] = [];
  private status: number | undefined;
  private hasModel = false;

  private constructor(private readonly span: Span) {}

  static begin(
    tracing: Tracing,
    asked: Pick<Asked, 'makes'>,
    {
      offer,
      within,
      requestId,
    }: { readonly offer: ModelOffer; readonly within: TraceHeaders; readonly requestId: string },
  ): GenAiSpan {
    if (!tracing.isOn) return none;
    const operation = operations[asked.makes];
    const { hostname, port, protocol } = new URL(offer.endpoint);
    const span = tracing.begin(`${operation} ${offer.model}`, {
      ...{ kind: 'client', within },
      attributes: {
        'gen_ai.operation.name': operation,
        'gen_ai.provider.name': offer.providerId,
        'gen_ai.request.model': offer.model,
        'server.address': hostname,
        'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
        'tokengrid.offer.id': offer.offerId,
        'tokengrid.request.id': requestId,
      },
    });
    return new GenAiSpan(span);
  }

  /** No span: tracing is off. */
  static nothing(): GenAiSpan {
    return new GenAiSpan(noSpan);
  }

  /** Headers by which the provider goes on with the trace. */
  get headers(): Readonly<Record<string, string>> {
    return this.span.headers;
  }

  /** The provider answered with an error's status. */
  refused(status: number): void {
    this.status = status;
  }

  /** The first part of a streamed answer came. */
  hasFirst(): void {
    if (!this.span.isRecorded) return;
    const seconds = (performance.now() - this.begunAt) / 1000;
    this.span.set({ 'gen_ai.response.time_to_first_chunk': seconds });
  }

  /** Events of a streamed answer came. */
  read(events: readonly ReadEvent[]): void {
    if (!this.span.isRecorded) return;
    for (const event of events) if (!this.hasModel || endsChoice(event)) this.answered(event.json ?? {});
  }

  /** A provider's answer, or a part of one. */
  answered({ model, choices }: Json): void {
    if (!this.span.isRecorded) return;
    if (typeof model === 'string' && !this.hasModel) {
      this.hasModel = true;
      this.span.set({ 'gen_ai.response.model': cutTo(mostCharacters, model) });
    }
    if (!Array.isArray(choices)) return;
    for (const choice of choices as readonly (Json | null)[]) {
      const reason = choice?.['finish_reason'];
      if (typeof reason === 'string') this.finishReasons.push(cutTo(mostCharacters, reason));
    }
  }

  /** The use of an answer. */
  used({ input, output }: Usage): void {
    this.span.set({ 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output });
  }

  /** The request failed, or its answer broke off. */
  failed(type: string): void {
    this.span.fail(this.status === undefined ? type : String(this.status));
  }

  end(): void {
    if (this.finishReasons.length > 0) this.span.set({ 'gen_ai.response.finish_reasons': this.finishReasons });
    this.span.end();
  }
}

const none = GenAiSpan.nothing();

/** True for a part that may say why the model stopped: only such ones are worth parsing. */
function endsChoice({ bytes }: ReadEvent): boolean {
  const at = bytes.indexOf('"finish_reason":');
  return (
    at !== -1 &&
    !bytes
      .subarray(at + 16, at + 22)
      .toString()
      .trimStart()
      .startsWith('null')
  );
}
