import { examples } from './page.js';

// Everything sits in the fragment: a browser does not send it, so operations
// that are passed on as links stay out of access logs.
const FIELDS = ['query', 'variables'];

/** The operation that the page's address asks for: #example=NAME, or #query=…&variables=…; null when it asks for none. */
export function operationFromAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (asked.has('example')) {
    return examples.find(({ name }) => name === asked.get('example')) ?? null;
  }
  return asked.has('query') ? { query: asked.get('query'), variables: asked.get('variables') ?? '' } : null;
}

/** The address that opens the playground with this operation. Headers are left out: they hold credentials. */
export function permalink(operation) {
  const fields = FIELDS.filter((field) => operation[field]).map((field) => [field, operation[field]]);
  const address = new URL(location.href);
  address.hash = new URLSearchParams(fields).toString();
  return address.href;
}
