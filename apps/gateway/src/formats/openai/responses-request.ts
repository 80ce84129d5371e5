import type { Asked } from '../asked.ts';
import { convertedTo } from '../converted.ts';
import { fieldFault, requestBodyOf, shown } from '../request-body.ts';
import { chatMessagesOf } from './responses-input.ts';
import { responseForm } from './response-form.ts';
import { type ResponsesRequest, responsesRequest } from './responses-schema.ts';

/** Fields that say nothing about the answer itself. */
const ignored = ['safety_identifier', 'service_tier', 'stream_options', 'prompt_cache_retention'];
const known = new Set([...Object.keys(responsesRequest.shape), ...ignored]);

/**
 * Reads a request of OpenAI's responses, which goes on as a chat: text and tools, nothing stored.
 * @throws ProblemError 400, also for what can't be converted
 */
export function responsesAsked(bytes: unknown): Asked {
  const { value } = requestBodyOf(bytes, responsesRequest);
  refuseUnconverted(value);
  return convertedTo(chatOfResponses(value), responseForm(value));
}

function refuseUnconverted(request: ResponsesRequest): void {
  for (const [name, value] of Object.entries(request)) {
    if (!known.has(name) && value !== null && value !== false)
      throw fieldFault(name, "can't be converted to a chat completion");
  }
  if (request.store === true) throw fieldFault('store', 'responses are not stored here: leave it out, or send false');
  if (request.truncation === 'auto') throw fieldFault('truncation', 'only "disabled" can be converted');
  const [included] = request.include ?? [];
  if (included !== undefined) throw fieldFault('include', `"${shown(included)}" can't be included`);
}

function chatOfResponses(request: ResponsesRequest): object {
  const { model, max_output_tokens: most, reasoning, prompt_cache_key: cacheKey, provider } = request;
  const optional = {
    stream: request.stream,
    temperature: request.temperature,
    top_p: request.top_p,
    max_tokens: most,
    reasoning_effort: reasoning?.effort,
    prompt_cache_key: cacheKey,
    user: request.user,
    provider,
    parallel_tool_calls: request.tools?.length ? request.parallel_tool_calls : undefined,
    ...toolsOf(request),
    ...formatOf(request),
  };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined && value !== null);
  return { model, messages: chatMessagesOf(request), ...Object.fromEntries(given) };
}

function toolsOf({ tools, tool_choice: choice }: ResponsesRequest): object {
  if (!tools || tools.length === 0) return {};
  return {
    tools: tools.map(({ type, name, description, parameters, strict }, index) => {
      if (type !== 'function')
        throw fieldFault(`tools.${index}.type`, `tools of type "${shown(type)}" can't be converted`);
      if (name === undefined) throw fieldFault(`tools.${index}.name`, 'must be there');
      const described = { ...(description && { description }), ...(typeof strict === 'boolean' && { strict }) };
      return { type: 'function', function: { name, ...described, parameters: parameters ?? {} } };
    }),
    tool_choice: typeof choice === 'object' && choice !== null ? chosen(choice) : choice,
  };
}

function chosen({ type, name }: { readonly type: string; readonly name?: string | undefined }): object {
  if (type !== 'function' || name === undefined)
    throw fieldFault('tool_choice.type', `a choice of type "${shown(type)}" can't be converted`);
  return { type: 'function', function: { name } };
}

function formatOf({ text }: ResponsesRequest): object {
  const { format, verbosity } = text ?? {};
  const worded = { ...(verbosity && { verbosity }) };
  if (!format || format.type === 'text') return worded;
  if (format.type === 'json_object') return { ...worded, response_format: { type: 'json_object' } };
  const { name = 'answer', description, schema, strict } = format;
  const described = {
    ...(description !== undefined && { description }),
    ...(typeof strict === 'boolean' && { strict }),
  };
  return { ...worded, response_format: { type: 'json_schema', json_schema: { name, ...described, schema } } };
}
