import { describe, expect, it } from '@jest/globals';
import { readAppFile } from './app-file.ts';
import { exampleFile } from './example.ts';

const mistakesOf = (content: string) => {
  const read = readAppFile(content);
  return 'mistakes' in read ? read.mistakes : [];
};
const lineOf = (content: string, part: string) => content.slice(0, content.indexOf(part)).split('\n').length;

describe("an app's file", () => {
  it('is the example that init writes, in YAML or JSON', () => {
    const read = readAppFile(exampleFile);
    expect(read).toMatchObject({ app: { slug: 'tea-shop', name: 'Tea shop' } });
    if (!('app' in read)) throw new Error('the example has mistakes');
    const { slug, name, manifest } = read.app;
    expect(readAppFile(JSON.stringify({ slug, name, ...manifest }, undefined, 2))).toEqual(read);
  });

  it('has every mistake of its form listed, with line, pointer and sentence', () => {
    const content = exampleFile
      .replace('slug: tea-shop', 'slug: Tea Shop')
      .replace('trialDays: 14', 'trialDays: -1')
      .replace('unitPrice: "1500"', 'unitPrice: "0.0000001"')
      .replace('unitPrice: "900.5"', 'unitPrice: 900.5')
      .replace('https://tea-shop.example/api', 'https://0x7f.1')
      .replace('- name: recommendations', '- name: __proto__')
      .concat('colour: red\n');
    expect(mistakesOf(content).map(({ line, pointer }) => [line, pointer])).toEqual(
      expect.arrayContaining([
        [lineOf(content, 'slug: Tea Shop'), '/slug'],
        [lineOf(content, '__proto__'), '/meters/0/name'],
        [lineOf(content, '"0.0000001"'), '/plans/0/prices/0/unitPrice'],
        [lineOf(content, 'trialDays'), '/plans/1/trialDays'],
        [lineOf(content, 'colour'), '/colour'],
        [lineOf(content, '900.5'), '/plans/1/prices/0/tiers/1/unitPrice'],
        // Not a mistake of form: it is told all the same.
        [lineOf(content, 'endpoint:'), '/endpoint'],
      ]),
    );
    expect(mistakesOf(content)).toHaveLength(7);
  });

  it('has a volume price that gets dearer for all units told at the line of the tier', () => {
    const content = exampleFile
      .replace('meter: recommendations\n        model: graduated', 'meter: requests\n        model: volume')
      .replace('"900.5"', '"1200.000001"');
    expect(mistakesOf(content)).toEqual([
      {
        ...{ line: lineOf(content, '"1200.000001"'), pointer: '/plans/1/prices/0/tiers/1/unitPrice' },
        detail: expect.stringContaining('must not be above that of the tier before'),
      },
    ]);
  });

  it('has every fault listed that keeps it from being published', () => {
    const content = exampleFile
      .replace('https://tea-shop.example/api', 'http://127.0.0.1')
      .replace('scopes: []', 'scopes: [network:location]')
      .replace('reportedBy: developer', 'reportedBy: gateway')
      .replace('upTo: "1000"', 'upTo: null');
    expect(mistakesOf(content)).toEqual([
      {
        line: lineOf(content, 'upTo: null'),
        pointer: '/plans/1/prices/0/tiers/0/upTo',
        detail: 'must be a number: only the last tier has no end',
      },
      { line: lineOf(content, 'endpoint:'), pointer: '/endpoint', detail: 'must be an https URL' },
      { line: lineOf(content, 'endpoint:'), pointer: '/endpoint', detail: expect.stringContaining('public address') },
      { line: lineOf(content, 'reportedBy:'), pointer: '/meters/0/reportedBy', detail: expect.any(String) },
      { line: lineOf(content, 'dataUse: []'), pointer: '/dataUse', detail: expect.any(String) },
    ]);
  });

  it.each([
    ['is no YAML', 'slug: [', 1],
    ['has a field twice', 'slug: tea-shop\nslug: tea-shop\n', 2],
    ['is larger than the registry takes', `# ${'x'.repeat(1024 * 1024)}`, 1],
    ['is empty', '', 1],
    [
      'multiplies itself',
      `a: &a [x, x]\n${[...'bcdefghij'].map((name, index) => `${name}: &${name} [${`*${'abcdefghij'[index]}, `.repeat(9)}]`).join('\n')}`,
      1,
    ],
  ])('that %s is refused with its line', (_, content, line) =>
    expect(mistakesOf(content)[0]).toMatchObject({ line, detail: expect.any(String) }),
  );

  it('has 10,000 meters told as one mistake', () => {
    const meters = Array.from({ length: 10_000 }, (_, index) => ({ name: `m${index}`, unit: 'u', aggregation: 'sum' }));
    const content = exampleFile.replace(/meters:\n( {2}.*\n)+/, `meters: ${JSON.stringify(meters)}\n`);
    expect(mistakesOf(content).map(({ pointer }) => pointer)).toEqual(['/meters']);
  });
});
