import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { endpoint, subscriptionEndpoint } from './page.js';

/** An answer in GraphQL's own shape, so that the response pane shows the sentence and nothing else. */
function failure(message) {
  return new Response(JSON.stringify({ errors: [{ message }] }), {
    headers: { 'content-type': 'application/graphql-response+json' },
  });
}

// GraphiQL parses every body as JSON. A proxy's HTML error page or a dead
// server would then show up as "Unexpected token <".
async function fetchOrExplain(url, init) {
  let response;
  try {
    response = await fetch(url, init);
  } catch {
    return failure(`No answer from ${url}: check that the server is running, then try again.`);
  }
  const type = response.headers.get('content-type') ?? '';
  if (/[/+]json\b|^multipart\/mixed\b/i.test(type)) {
    return response;
  }
  const text = (await response.text()).trim();
  const detail = text && text.length <= 300 && !/^text\/html\b/i.test(type) ? `: ${text}` : '';
  const hint = response.status === 401 ? ' Put an Authorization header into the Headers tab.' : '';
  return failure(`The server answered ${response.status} ${response.statusText}${detail.replace(/\.$/, '')}.${hint}`);
}

export const fetcher = createGraphiQLFetcher({
  url: endpoint.href,
  subscriptionUrl: subscriptionEndpoint.href,
  fetch: fetchOrExplain,
});
