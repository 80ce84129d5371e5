/** Sentences by the first word of what a parked use waits for. */
const sentences: Readonly<Record<string, (of: string) => string>> = {
  party: (of) => `waits until the party ${of} registers`,
  key: (of) => `waits until this API key of the party is known: ${of}`,
  app: (of) => `waits until a version of the app ${of} is published`,
  subscription: (of) => `waits until the party subscribes to the app: ${of}`,
  model: (of) => `waits until the model is offered: ${of}`,
  offer: (of) => `waits for a correction: the model ${of} has several offers, and the use names none`,
  price: (of) => `waits for a price of one of its meters: ${of}`,
  plan: (of) => `waits until a version in force has the plan: ${of}`,
  prices: () => 'waits until all prices of its time are known',
  suspended: (of) => `is not charged, since this was suspended or withdrawn at its time: ${of}`,
  correction: (of) => `waits for a correction: ${of}`,
};

/** The reason for which a use is parked, as a sentence. @param waitsFor what it waits for */
export function waitSentence(waitsFor: string): string {
  const [kind = ''] = waitsFor.split(':', 1);
  const sentence = Object.hasOwn(sentences, kind) ? sentences[kind] : undefined;
  return sentence?.(waitsFor.slice(kind.length + 1)) ?? `waits for ${waitsFor}`;
}
