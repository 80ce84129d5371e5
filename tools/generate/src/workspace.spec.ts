import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Workspace } from './workspace.ts';

describe('a workspace', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tokengrid-workspace-'));
    writeFileSync(join(root, 'old.md'), 'old\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('tells new files from changed ones, before and after they are written', async () => {
    const workspace = new Workspace(root);
    workspace.create('new.md', 'new\n');
    workspace.update('new.md', () => 'newer\n');
    workspace.create('here.md', 'moved\n');
    workspace.move('here.md', 'there.md');
    workspace.update('old.md', () => 'changed\n');
    const changes = [
      { path: 'new.md', kind: 'create' },
      { path: 'old.md', kind: 'update' },
      { path: 'there.md', kind: 'create' },
    ];
    expect(workspace.changes()).toEqual(changes);
    await workspace.commit();
    expect(workspace.changes()).toEqual(changes);
  });
});
