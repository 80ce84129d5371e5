/** Resources of the OpenAPI document that have to do with models. */
export const passingResources = {
  completions: "Chats, in the form of OpenAI's API",
  responses: "Responses, in the form of OpenAI's API",
  embeddings: "Embeddings, in the form of OpenAI's API",
  images: "Images, in the form of OpenAI's API",
  messages: "Messages, in the form of Anthropic's API",
} as const;
