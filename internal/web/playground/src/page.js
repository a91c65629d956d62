// What the server wrote into the page. See PlaygroundConfig in playground.go for the meaning of each field.
const page = JSON.parse(document.getElementById('playground-data').textContent);

export const title = page.title;

/** @type {{name: string, title: string, description: string, query: string, variables: string}[]} */
export const examples = page.examples;

/** Base names of the worker scripts, by Monaco's worker label. */
export const workers = page.workers;

// Resolved against the page and not against the script, so that a reverse
// proxy may serve the whole server below a path prefix.
export const endpoint = new URL(page.endpoint, document.baseURI);

export const subscriptionEndpoint = new URL(endpoint);
subscriptionEndpoint.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';
