// Stands in for the module of the same name in @graphiql/react (see
// build.mjs): that one formats the variables with Prettier's JavaScript
// parser, which is a tenth of the whole bundle.
import { applyEdits, format } from 'jsonc-parser';

export { parseJSONC, tryParseJSONC } from '@graphiql/react/jsonc-original';

/** Formats JSON text and keeps its comments; text that is not JSON comes back with its words unchanged. */
export async function formatJSONC(content) {
  return applyEdits(content, format(content, undefined, { insertSpaces: true, tabSize: 2 }));
}
