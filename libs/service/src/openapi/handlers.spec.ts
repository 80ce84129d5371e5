import { describe, expect, it } from '@jest/globals';
import { docCommentOf, docText } from './handlers.ts';

class Kettle {
  /** Boils water. It whistles: `off()` ends that. */
  async boil(): Promise<void> {
    await Promise.resolve();
  }

  /**
   * Pours version 1.0 of the tea, e.g. into a cup.
   * Nothing is left
   * over.
   * @throws Error when it is empty
   */
  pour(): void {}

  off(): void {}

  /** True if it is on. */
  isOn = () => false;
}

describe('the doc comment of a method', () => {
  const commentOf = (method: string) => docText(docCommentOf(Kettle.toString(), method));

  it('is split into a summary and a description', () =>
    expect(commentOf('boil')).toEqual({ summary: 'Boils water', description: 'It whistles: `off()` ends that.' }));

  it('is joined from its lines, and ends at its tags', () =>
    expect(commentOf('pour')).toEqual({
      summary: 'Pours version 1.0 of the tea, e.g. into a cup',
      description: 'Nothing is left over.',
    }));

  it("is not another method's", () => expect(commentOf('off')).toEqual({ summary: '', description: '' }));

  it('keeps its paragraphs', () =>
    expect(docText('\n * One. Two\n * three.\n *\n * Four.\n ')).toEqual({
      summary: 'One',
      description: 'Two three.\n\nFour.',
    }));
});
