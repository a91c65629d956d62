// Asks the endpoint whose address is the argument one question and one mistake over each transport, with the clients that
// people use, and prints what they got: [{"transport", "answer", "refusal"}]. A refusal is what the client reports.
import { createHash } from 'node:crypto';
import { createClient as createSSEClient } from 'graphql-sse';
import { createClient as createWSClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = process.argv[2];
const question = 'query Newest($n: Int!) { incidents(first: $n) { totalCount nodes { id name } } }';
const variables = { n: 2 };
const mistake = '{ nowhere }';

// fetched is the answer to a request of fetch.
async function fetched(body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

// first is the first result of a subscription, or the errors with which it ended.
async function first(client, payload) {
  try {
    for await (const result of client.iterate(payload)) {
      return result;
    }
    throw new Error('the operation has no result');
  } catch (errors) {
    if (Array.isArray(errors)) {
      return { errors };
    }
    throw errors;
  }
}

// persisted asks by hash as Apollo's clients do: by GET with the hash alone, by POST with the text where the server does
// not know it, and then by GET again.
async function persisted() {
  const hash = (text) => createHash('sha256').update(text).digest('hex');
  const extensions = (text) => ({ persistedQuery: { version: 1, sha256Hash: hash(text) } });
  const byHash = async () => {
    const address = new URL(url);
    address.searchParams.set('operationName', 'Newest');
    address.searchParams.set('variables', JSON.stringify(variables));
    address.searchParams.set('extensions', JSON.stringify(extensions(question)));
    const response = await fetch(address, { headers: { accept: 'application/graphql-response+json' } });
    return response.json();
  };
  const unknown = await byHash();
  if (unknown.errors?.[0]?.extensions?.code !== 'PERSISTED_QUERY_NOT_FOUND' || unknown.errors[0].message !== 'PersistedQueryNotFound') {
    throw new Error(`a hash that is not known is answered with ${JSON.stringify(unknown)}`);
  }
  const registered = await fetched({ query: question, variables, extensions: extensions(question) });
  const known = await byHash();
  if (JSON.stringify(registered) !== JSON.stringify(known)) {
    throw new Error(`by hash the answer is ${JSON.stringify(known)}, with the text ${JSON.stringify(registered)}`);
  }
  // A text under the hash of another must not be kept, or one client could answer for another.
  return { answer: known, refusal: await fetched({ query: mistake, extensions: extensions(question) }) };
}

const ws = createWSClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
const sse = createSSEClient({ url, retryAttempts: 0 });
const results = [
  { transport: 'POST', answer: await fetched({ query: question, variables }), refusal: await fetched({ query: mistake }) },
  { transport: 'graphql-ws', answer: await first(ws, { query: question, variables }), refusal: await first(ws, { query: mistake }) },
  { transport: 'graphql-sse', answer: await first(sse, { query: question, variables }), refusal: await first(sse, { query: mistake }) },
  { transport: 'persisted', ...(await persisted()) },
];
// Many at once on the same connections.
for (const [transport, client] of Object.entries({ 'graphql-ws': ws, 'graphql-sse': sse })) {
  for (const answer of await Promise.all(Array.from({ length: 10 }, () => first(client, { query: question, variables })))) {
    results.push({ transport: `${transport}, one of many`, answer, refusal: results[0].refusal });
  }
}
await ws.dispose();
sse.dispose();
console.log(JSON.stringify(results));
