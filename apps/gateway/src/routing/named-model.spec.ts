import { expect, it } from '@jest/globals';
import { isSameModel, namedModel } from './named-model.ts';

it.each([
  ['qwen2.5-72b', { name: 'qwen2.5-72b', provider: undefined }],
  ['deepseek-ai/DeepSeek-V3:free', { name: 'deepseek-ai/DeepSeek-V3:free', provider: undefined }],
  ['qwen@org_1', { name: 'qwen', provider: 'org_1' }],
  ['qwen@org_1@2', { name: 'qwen', provider: 'org_1@2' }],
  ['@', { name: '', provider: '' }],
])('%s names a model, and perhaps its provider', (wanted, expected) => expect(namedModel(wanted)).toEqual(expected));

it('two spellings name one model if they differ in capitals alone', () => {
  expect(isSameModel('Qwen2.5', 'qWEN2.5')).toBe(true);
  expect(isSameModel('qwen-1', 'qwen-l')).toBe(false);
});
