// Bundles src/ into dist/ and writes the licences of what went in to NOTICE.
// The same package-lock.json gives the same bytes on every machine.
import { build } from 'esbuild';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { notice } from './notice.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const [dist = path.join(here, 'dist'), noticeFile = path.join(here, '../../../NOTICE')] = process.argv.slice(2);

const WORKERS = ['editor', 'graphql', 'json'];

// src/jsonc.js replaces one module inside @graphiql/react and still needs its
// parsers, hence the second name for the original.
const ownJSONC = {
  name: 'own-jsonc',
  setup({ onResolve }) {
    const original = path.join(here, 'node_modules/@graphiql/react/dist/utility/jsonc.js');
    onResolve({ filter: /\/jsonc\.js$/ }, ({ importer }) => (
      importer.includes('/@graphiql/react/dist/') ? { path: path.join(here, 'src/jsonc.js') } : undefined
    ));
    onResolve({ filter: /^@graphiql\/react\/jsonc-original$/ }, () => ({ path: original }));
  },
};

await rm(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ['src/playground.jsx', ...WORKERS.map((name) => `src/${name}.worker.js`)],
  outdir: dist,
  bundle: true,
  format: 'esm',
  // Shared chunks: the page and the GraphQL worker both need graphql-js.
  splitting: true,
  minify: true,
  plugins: [ownJSONC],
  // Prettier's old name for the same file leads to a CommonJS copy, whose
  // exports an import() of the bundle does not see.
  alias: { 'prettier/parser-graphql': 'prettier/plugins/graphql' },
  // Named only by the function that src/jsonc.js replaces. esbuild removes the
  // function, but would keep chunks for its import().
  external: ['prettier/plugins/estree', 'prettier/parser-babel'],
  metafile: true,
  target: ['es2022'],
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.ttf': 'file' },
  // NOTICE holds the licences.
  legalComments: 'none',
  // Hashed names let the server mark every file as immutable.
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  logLevel: 'warning',
});

const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
const missing = outside.filter(({ path: name }) => !name.startsWith('data:'));
if (missing.length > 0) {
  throw new Error(`the bundle would load ${missing.map(({ path: name }) => name).join(', ')} from elsewhere: bundle it`);
}

// The page's style sheet has the styles of every chunk; esbuild also writes
// them once more for each import(), where nothing loads them.
const page = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === 'src/playground.jsx');
for (const file of Object.keys(metafile.outputs)) {
  if (file.endsWith('.css') && file !== page.cssBundle) {
    await rm(path.join(here, file));
  }
}

function outputOf(entryPoint) {
  const [file, { cssBundle }] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entryPoint);
  return { script: path.basename(file), style: cssBundle && path.basename(cssBundle) };
}

const manifest = {
  ...outputOf('src/playground.jsx'),
  workers: Object.fromEntries(WORKERS.map((name) => [name, outputOf(`src/${name}.worker.js`).script])),
};
await writeFile(path.join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
// What NOTICE says of data sets is written by hand and stays.
const [, dataSets = ''] = /(\n4\. Data sets\n[^]*)$/.exec(await readFile(path.join(here, '../../../NOTICE'), 'utf8')) ?? [];
await writeFile(noticeFile, await notice(metafile, here) + dataSets);
