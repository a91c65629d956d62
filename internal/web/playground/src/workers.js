import { workers } from './page.js';

// Monaco asks for a worker by label; every label it does not know a language
// for gets the plain editor worker (word completion, diffs, links).
globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const file = workers[label] ?? workers.editor;
    return new Worker(new URL(file, import.meta.url), { type: 'module', name: label });
  },
};
