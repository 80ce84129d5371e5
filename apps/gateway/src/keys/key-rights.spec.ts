import { describe, expect, it } from '@jest/globals';
import { mayUseApp, mayUseModel, mustUseApp, mustUseModel } from './key-rights.ts';

const key = (rights: { readonly models?: string[]; readonly apps?: string[] }) => ({ rights });

describe('a key that names its models', () => {
  const caller = key({ models: ['Qwen2.5-72B', 'deepseek-ai/*'] });

  it.each(['qwen2.5-72b', 'deepseek-ai/DeepSeek-V3', 'Deepseek-AI/x'])('may use %s', (name) =>
    expect(mayUseModel(caller, name)).toBe(true),
  );

  it.each(['qwen2.5-72b-instruct', 'qwen2.5', 'deepseek-aix/v3', ''])('may not use %j', (name) =>
    expect(mayUseModel(caller, name)).toBe(false),
  );

  it('is not asked for the provider', () => {
    expect(() => mustUseModel(caller, 'qwen2.5-72b@org_1')).not.toThrow();
    expect(() => mustUseModel(caller, 'llama@qwen2.5-72b')).toThrow('your API key may not use the model llama@qwen2');
  });
});

describe('a key', () => {
  it('that names none may use all models and apps', () => {
    expect(mayUseModel(key({}), 'llama')).toBe(true);
    expect(mayUseApp(key({}), 'tea-shop')).toBe(true);
  });

  it('with an empty list may use none', () => {
    expect(mayUseModel(key({ models: [] }), 'llama')).toBe(false);
    expect(mayUseApp(key({ apps: [] }), 'tea-shop')).toBe(false);
  });

  it('may use the apps that it names', () => {
    const caller = key({ apps: ['tea-shop'] });
    expect(() => mustUseApp(caller, 'tea-shop')).not.toThrow();
    expect(() => mustUseApp(caller, 'tea')).toThrow('your API key may not use the app tea');
  });
});
