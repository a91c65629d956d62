import { createLocalStorage } from '@graphiql/toolkit';

// Many developers run several GraphiQL pages on the same localhost port over
// time; without a prefix each would open the tabs of the others.
const storage = createLocalStorage({ namespace: 'attrigraph' });

function available() {
  try {
    storage.getItem('graphiql:tabState');
    return true;
  } catch {
    return false; // the browser forbids site data
  }
}

/** The Storage that GraphiQL keeps its state in; null keeps nothing. */
export const pageStorage = available() ? storage : null;

/** True when this browser has no tabs of an earlier visit. */
export const firstVisit = !pageStorage?.getItem('graphiql:tabState');
