// Writes the introspection result that the playground's tests answer with:
// npm run testdata
import { readFile, writeFile } from 'node:fs/promises';
import { buildSchema, introspectionFromSchema } from 'graphql';

const testdata = new URL('../testdata/', import.meta.url);
const schema = buildSchema(await readFile(new URL('schema.graphql', testdata), 'utf8'));
const data = introspectionFromSchema(schema, { inputValueDeprecation: true });
await writeFile(new URL('introspection.json', testdata), `${JSON.stringify({ data }, null, 1)}\n`);
