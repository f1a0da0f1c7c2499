import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.join(__dirname, '..');

/** Maps each file to the files that it imports with a relative path. */
type ImportGraph = Map<string, string[]>;

/** Lists the paths of the TypeScript files in and below a directory, relative to the repository. */
function sources(directory: string): string[] {
  const names = readdirSync(path.join(ROOT, directory), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.tsx?$/.test(name)).map((name) => path.posix.join(directory, name));
}

/** Returns the import graph of files, including imports of types and dynamic imports. */
function importGraph(files: string[]): ImportGraph {
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(path.join(ROOT, file), 'utf8'));
      const targets = importedFiles
        .filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => path.posix.join(path.posix.dirname(file), fileName));
      return [file, targets.flatMap((target) => resolve(target) ?? [])];
    })
  );
}

function resolve(target: string): string | undefined {
  const isFile = (name: string) => statSync(path.join(ROOT, name), { throwIfNoEntry: false })?.isFile();
  return ['', '.ts', '.tsx', '/index.ts'].map((suffix) => target + suffix).find(isFile);
}

/** Searches depth-first. Returns a cycle for each import of a file that is on the current path of the search. */
function findCycles(graph: ImportGraph): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const visit = (file: string, trail: string[]) => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      cycles.push([...trail.slice(at), file]);
    } else if (!finished.has(file)) {
      graph.get(file)?.forEach((target) => visit(target, [...trail, file]));
      finished.add(file);
    }
  };
  [...graph.keys()].forEach((file) => visit(file, []));
  return cycles;
}

/** Maps each code directory of src, except testing, to the other directories that it may import. */
const LAYERS: Record<string, string[]> = {
  shared: [],
  code: ['shared'],
  interpolation: ['shared'],
  query: ['code', 'shared'],
  variable: ['query', 'code', 'shared'],
  annotation: ['query', 'code', 'shared'],
  config: ['shared'],
};

const graph = importGraph([...sources('src'), ...sources('dashboards/src'), ...sources('tests/e2e')]);
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.startsWith('src/testing/');
const product = [...graph.keys()].filter((file) => !isTest(file) && !file.startsWith('tests/'));

describe('the import graph', () => {
  it('contains imports of values and types, and dynamic imports', () => {
    expect(graph.get('src/module.ts')).toContain('src/datasource.ts');
    expect(graph.get('src/code/PromQLField.tsx')).toContain('src/code/CodeField.tsx');
    expect(graph.get('dashboards/src/catalog.ts')).toContain('src/shared/types.ts');
  });

  it('has no cycle', () => {
    expect(findCycles(graph)).toEqual([]);
  });

  it.each(Object.keys(LAYERS))('src/%s imports only itself and the directories that LAYERS lists', (layer) => {
    const allowed = [layer, ...LAYERS[layer]].map((name) => `src/${name}/`);
    const files = product.filter((file) => file.startsWith(`src/${layer}/`));
    const others = files.flatMap((file) =>
      (graph.get(file) ?? [])
        .filter((target) => !allowed.some((prefix) => target.startsWith(prefix)))
        .map((target) => `${file} imports ${target}`)
    );
    expect(files.length).toBeGreaterThan(1);
    expect(others).toEqual([]);
  });
});

it.each<[string, Array<[string, string[]]>, string[][]]>([
  ['a file that imports itself', [['a', ['a']]], [['a', 'a']]],
  [
    'a cycle of three',
    [
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
    ],
    [['a', 'b', 'c', 'a']],
  ],
  [
    'a cycle behind another file',
    [
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ],
    [['b', 'c', 'b']],
  ],
  [
    'two paths to one file, which are no cycle',
    [
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', []],
    ],
    [],
  ],
])('finds %s', (_, edges, want) => {
  expect(findCycles(new Map(edges))).toEqual(want);
});
